#include "colcomb/network/residual.hpp"

namespace colcomb::network {

torch::Tensor fit_residual(const torch::Tensor& source, const LayerDescription& layer,
                           std::size_t stride) {
  const auto step = static_cast<std::int64_t>(stride);
  const auto end_y = static_cast<std::int64_t>(layer.sum_height() - 1) * step + 1;
  const auto end_x = static_cast<std::int64_t>(layer.sum_width() - 1) * step + 1;
  torch::Tensor result = source;
  if (step > 1 || end_y < source.size(2) || end_x < source.size(3))
    result = result.slice(2, 0, end_y, step).slice(3, 0, end_x, step);
  const std::int64_t missing = static_cast<std::int64_t>(layer.out_channels) - source.size(1);
  return missing > 0 ? torch::constant_pad_nd(result, {0, 0, 0, 0, 0, missing}) : result;
}

}  // namespace colcomb::network
