#pragma once

#include <torch/torch.h>

#include "colcomb/artifacts/network_description.hpp"

// Internal to the room.
namespace colcomb::network {

/// The convolution of a layer of kind kConvolution, with its stride, padding (of 0) and dilation.
/// Input B x C x H x W, weight N x C x kernel_height x kernel_width; output B x N x out_height x
/// out_width.
[[nodiscard]] torch::Tensor convolve(const torch::Tensor& input, const torch::Tensor& weight,
                                     const LayerDescription& layer);

}  // namespace colcomb::network
