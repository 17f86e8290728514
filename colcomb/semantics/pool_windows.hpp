#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "colcomb/artifacts/pooling_window.hpp"
#include "colcomb/semantics/map.hpp"
#include "colcomb/semantics/requantize.hpp"

namespace colcomb::semantics {

/// Values of a window of bytes: the rounded mean, floor(sum / divisor + 1/2).
[[nodiscard]] inline std::uint8_t window_mean(std::uint64_t sum, std::size_t divisor) {
  return static_cast<std::uint8_t>(scaled_mean(sum, divisor, 0));
}
/// Of real numbers: the mean itself.
template <class T>
requires std::is_floating_point_v<T>
[[nodiscard]] T window_mean(T sum, std::size_t divisor) {
  return sum / static_cast<T>(divisor);
}

/// The value of window (y, x) over one channel's activations, a plane of height x width, which
/// ReLU6 gave. Requires: the window holds a pixel of the map.
template <class T>
[[nodiscard]] T pool_window(std::span<const T> plane, std::size_t height, std::size_t width,
                            const PoolingWindow& pooling, std::size_t y, std::size_t x) {
  using Sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
  const PoolingSide rows = pooling.vertical();
  const PoolingSide columns = pooling.horizontal();
  Sum sum = 0;
  T most = 0;  // activations are never negative
  for (std::size_t r = rows.begin(y); r < rows.end(y, height); ++r) {
    for (std::size_t c = columns.begin(x); c < columns.end(x, width); ++c) {
      const T value = plane[r * width + c];
      sum += value;
      most = std::max(most, value);
    }
  }
  if (pooling.kind == PoolingKind::kMax) return most;
  return window_mean(sum, pooling.divisor(y, x, height, width));
}

/// A layer's output from its activations, window by window.
template <class T>
[[nodiscard]] BasicMap<T> pool_windows(const BasicMap<T>& map, const PoolingWindow& pooling) {
  BasicMap<T> output{map.channels, pooling.out_height, pooling.out_width, {}};
  output.values.reserve(output.channels * output.pixels());
  for (std::size_t c = 0; c < map.channels; ++c) {
    for (std::size_t y = 0; y < output.height; ++y) {
      for (std::size_t x = 0; x < output.width; ++x) {
        output.values.push_back(pool_window(map.plane(c), map.height, map.width, pooling, y, x));
      }
    }
  }
  return output;
}

}  // namespace colcomb::semantics
