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

/// A layer's output from its activations, which ReLU6 gave: pooling over the windows that
/// PoolingWindow describes. Requires: every window holds a pixel of the map.
template <class T>
[[nodiscard]] BasicMap<T> pool_windows(const BasicMap<T>& map, const PoolingWindow& pooling) {
  using Sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
  BasicMap<T> output{map.channels, pooling.out_height, pooling.out_width, {}};
  output.values.reserve(output.channels * output.pixels());
  const PoolingSide vertical = pooling.vertical();
  const PoolingSide horizontal = pooling.horizontal();
  for (std::size_t c = 0; c < map.channels; ++c) {
    const std::span<const T> plane = map.plane(c);
    for (std::size_t y = 0; y < output.height; ++y) {
      for (std::size_t x = 0; x < output.width; ++x) {
        Sum sum = 0;
        T most = 0;  // activations are never negative
        for (std::size_t r = vertical.begin(y); r < vertical.end(y, map.height); ++r) {
          for (std::size_t s = horizontal.begin(x); s < horizontal.end(x, map.width); ++s) {
            const T value = plane[r * map.width + s];
            sum += value;
            most = std::max(most, value);
          }
        }
        output.values.push_back(
            pooling.kind == PoolingKind::kMax
                ? most
                : window_mean(sum, pooling.divisor(y, x, map.height, map.width)));
      }
    }
  }
  return output;
}

}  // namespace colcomb::semantics
