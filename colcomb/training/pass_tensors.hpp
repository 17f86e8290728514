#pragma once

#include <cstddef>
#include <span>

#include "colcomb/backprop/pass.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

// Conversions between LibTorch's tensors on the CPU and the spans of backprop::Pass.

/// Sets the pass's masks to the network's. Requires: contiguous float masks.
void set_masks(backprop::Pass& pass, const network::Cnn& network);

/// A tensor, count x classes, that holds a copy of a pass's logits.
[[nodiscard]] torch::Tensor tensor_of(std::span<const float> logits, std::size_t count,
                                      const NetworkDescription& network);

}  // namespace colcomb::training
