#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/filter_matrix.hpp"

namespace colcomb::network {

/// Spatial shift of a shift layer: output (b, c, y, x) is input (b, c, y * stride + dy, x * stride
/// + dx) with channel c's own offset, 0 where that lies outside the map. Input B x C x H x W,
/// output B x C x ceil(H / stride) x ceil(W / stride), differentiable once. Requires:
/// columns[c].channel == c for each of the C channels. Off the CPU, ShiftByIndex is faster where it
/// is kept.
[[nodiscard]] torch::Tensor shift(const torch::Tensor& input, const std::vector<Column>& columns,
                                  std::size_t stride);

}  // namespace colcomb::network
