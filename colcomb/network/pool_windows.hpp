#pragma once

#include <torch/torch.h>

#include "colcomb/artifacts/network_description.hpp"

// Internal to the room.
namespace colcomb::network {

/// The pooling windows of a hidden layer over its activations, B x N x sum_height x sum_width, none
/// of them negative: B x N x out_height x out_width. Means are exact divisions, not rounded.
/// Requires: layer.pooling.
[[nodiscard]] torch::Tensor pool_windows(const torch::Tensor& activations,
                                         const LayerDescription& layer);

}  // namespace colcomb::network
