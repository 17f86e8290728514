#include "colcomb/network/residual.hpp"

namespace colcomb::network {

torch::Tensor fit_residual(const torch::Tensor& source, std::size_t channels, std::size_t stride) {
  torch::Tensor result = source;
  if (stride > 1) {
    const auto step = static_cast<std::int64_t>(stride);
    result = result.slice(2, 0, c10::nullopt, step).slice(3, 0, c10::nullopt, step);
  }
  const std::int64_t missing = static_cast<std::int64_t>(channels) - source.size(1);
  return missing > 0 ? torch::constant_pad_nd(result, {0, 0, 0, 0, 0, missing}) : result;
}

}  // namespace colcomb::network
