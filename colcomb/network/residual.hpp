#pragma once

#include <torch/torch.h>

#include <cstddef>

namespace colcomb::network {

/// What a residual addition adds to a layer of `channels` outputs: B x channels x ceil(H / stride)
/// x ceil(W / stride) from the source's B x C x H x W, with zeros in the channels the source has
/// not. Requires: C <= channels; `stride` is the layer's residual_stride.
[[nodiscard]] torch::Tensor fit_residual(const torch::Tensor& source, std::size_t channels,
                                         std::size_t stride);

}  // namespace colcomb::network
