#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "colcomb/artifacts/pooling_window.hpp"

namespace colcomb::tests {

/// One plane's pooling by its definition, pixel by pixel, in doubles: maxima, or means that
/// `mean(sum, divisor)` makes. Pixels outside the plane are left out.
template <class Mean>
std::vector<double> pool_plane(const std::vector<double>& plane, std::size_t height,
                               std::size_t width, const PoolingWindow& pooling, Mean mean) {
  std::vector<double> result;
  const auto top = static_cast<long>(pooling.pad_top);
  const auto left = static_cast<long>(pooling.pad_left);
  for (long y = 0; y < static_cast<long>(pooling.out_height); ++y) {
    for (long x = 0; x < static_cast<long>(pooling.out_width); ++x) {
      double sum = 0;
      double most = 0;
      double pixels = 0;
      double all = 0;
      for (long ky = 0; ky < static_cast<long>(pooling.kernel_height); ++ky) {
        for (long kx = 0; kx < static_cast<long>(pooling.kernel_width); ++kx) {
          const long r = y * static_cast<long>(pooling.stride) + ky - top;
          const long c = x * static_cast<long>(pooling.stride) + kx - left;
          ++all;
          if (r < 0 || c < 0 || r >= static_cast<long>(height) || c >= static_cast<long>(width))
            continue;
          const double value =
              plane[static_cast<std::size_t>(r) * width + static_cast<std::size_t>(c)];
          ++pixels;
          sum += value;
          most = std::max(most, value);
        }
      }
      result.push_back(pooling.kind == PoolingKind::kMax
                           ? most
                           : mean(sum, pooling.count_padding ? all : pixels));
    }
  }
  return result;
}

/// The same for channels of planes, one after the other.
template <class Mean>
std::vector<double> pool_planes(const std::vector<double>& values, std::size_t channels,
                                std::size_t height, std::size_t width, const PoolingWindow& pooling,
                                Mean mean) {
  std::vector<double> result;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(c * height * width);
    const std::vector<double> plane(begin, begin + static_cast<std::ptrdiff_t>(height * width));
    const std::vector<double> pooled = pool_plane(plane, height, width, pooling, mean);
    result.insert(result.end(), pooled.begin(), pooled.end());
  }
  return result;
}

}  // namespace colcomb::tests
