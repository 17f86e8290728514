#include "colcomb/network/pool_windows.hpp"

#include <algorithm>
#include <vector>

namespace colcomb::network {
namespace {

std::int64_t signed_side(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

/// The map between its first and its last window, with zeros where these reach beyond it. Zeros
/// change neither a maximum of numbers that are not negative nor a sum.
torch::Tensor framed(const torch::Tensor& map, const PoolingWindow& pooling) {
  const std::int64_t height = signed_side(pooling.vertical().last(pooling.out_height - 1)) + 1;
  const std::int64_t width = signed_side(pooling.horizontal().last(pooling.out_width - 1)) + 1;
  const std::int64_t bottom = std::max<std::int64_t>(0, height - map.size(2));
  const std::int64_t right = std::max<std::int64_t>(0, width - map.size(3));
  const std::int64_t top = signed_side(pooling.pad_top);
  const std::int64_t left = signed_side(pooling.pad_left);
  torch::Tensor result = map;
  if (top + left + bottom + right > 0)
    result = torch::constant_pad_nd(map, {left, right, top, bottom});
  return result.narrow(2, 0, top + height).narrow(3, 0, left + width);
}

/// 1 x 1 x out_height x out_width.
torch::Tensor divisors(const LayerDescription& layer, const torch::Tensor& like) {
  const PoolingWindow& pooling = *layer.pooling;
  std::vector<double> values;
  for (std::size_t y = 0; y < pooling.out_height; ++y) {
    for (std::size_t x = 0; x < pooling.out_width; ++x) {
      values.push_back(
          static_cast<double>(pooling.divisor(y, x, layer.sum_height(), layer.sum_width())));
    }
  }
  return torch::tensor(values, torch::kDouble)
      .view({1, 1, signed_side(pooling.out_height), signed_side(pooling.out_width)})
      .to(like.device(), like.scalar_type());
}

}  // namespace

torch::Tensor pool_windows(const torch::Tensor& activations, const LayerDescription& layer) {
  const PoolingWindow& pooling = *layer.pooling;
  const torch::Tensor map = framed(activations, pooling);
  const std::vector<std::int64_t> kernel = {signed_side(pooling.kernel_height),
                                            signed_side(pooling.kernel_width)};
  const std::vector<std::int64_t> stride = {signed_side(pooling.stride),
                                            signed_side(pooling.stride)};
  const std::vector<std::int64_t> none = {0, 0};
  if (pooling.kind == PoolingKind::kMax) return torch::max_pool2d(map, kernel, stride);
  const auto sums = torch::avg_pool2d(map, kernel, stride, none, /*ceil_mode=*/false,
                                      /*count_include_pad=*/true, /*divisor_override=*/1);
  return sums / divisors(layer, sums);
}

}  // namespace colcomb::network
