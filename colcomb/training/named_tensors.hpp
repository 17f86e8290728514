#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"

namespace colcomb::training {

[[nodiscard]] NamedTensor named_tensor(const std::string& name, const torch::Tensor& tensor);

/// Takes the tensor of this name out of `state`. Requires: it is there.
[[nodiscard]] NamedTensor take_named(std::vector<NamedTensor>& state, const std::string& name);

/// Requires: same shape.
void copy_named(const NamedTensor& from, torch::Tensor& to);

}  // namespace colcomb::training
