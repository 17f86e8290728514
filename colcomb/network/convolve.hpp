#pragma once

#include <torch/torch.h>

#include <vector>

#include "colcomb/artifacts/network_description.hpp"

// Internal to the room.
namespace colcomb::network {

/// The convolution of a layer that is not linear, with its stride, padding (of 0), dilation and
/// groups. Input B x C x H x W (of a shift layer the shifted map), weight N x C x kernel_height x
/// kernel_width; output B x N x out_height x out_width. Of a grouped convolution's weights those
/// between the groups are not read and get the gradient 0.
[[nodiscard]] torch::Tensor convolve(const torch::Tensor& input, const torch::Tensor& weight,
                                     const LayerDescription& layer);

/// The same of a layer that reads several maps: the sum of the maps' products. Inputs B x C_i x H_i
/// x W_i, weight N x M. Around map i lies zeros[i].
[[nodiscard]] torch::Tensor sum_of_products(const std::vector<torch::Tensor>& inputs,
                                            const torch::Tensor& weight,
                                            const LayerDescription& layer,
                                            const std::vector<double>& zeros);

/// What all of a filter's weights give of a map that is `zero` everywhere, 1 x N x 1 x 1: around a
/// map x lies `zero` if the convolution, whose padding is 0, is taken of x - zero and this is
/// added.
[[nodiscard]] torch::Tensor through_zero(const torch::Tensor& weight, double zero);

}  // namespace colcomb::network
