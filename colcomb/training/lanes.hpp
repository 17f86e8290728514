#pragma once

#include <cstddef>
#include <span>

#include "colcomb/backprop/pass.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

// Between a network of LibTorch's tensors on the CPU and the backprop::Pass that computes for it.

/// Gives the pass the network's masks.
void set_masks(backprop::Pass& pass, const network::Cnn& network);

/// A copy of a pass's logits, count x classes.
[[nodiscard]] torch::Tensor tensor_of(std::span<const float> logits, std::size_t count,
                                      const NetworkDescription& network);

}  // namespace colcomb::training
