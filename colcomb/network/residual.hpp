#pragma once

#include <torch/torch.h>

#include <cstddef>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::network {

/// What a residual addition adds to the sums of `layer`: their shape from the source's B x C x H x
/// W, with zeros in the channels the source has not. Requires: `stride` is the layer's
/// residual_stride.
[[nodiscard]] torch::Tensor fit_residual(const torch::Tensor& source, const LayerDescription& layer,
                                         std::size_t stride);

}  // namespace colcomb::network
