#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::tests {

/// The words of one image that an array takes through a layer, and which output pixel each
/// completes, written down window by window.
struct WordOracle {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t pixels = 0;              // of the output map
  std::vector<std::ptrdiff_t> output;  // per word; -1: none

  explicit WordOracle(const colcomb::LayerDescription& layer)
      : height(layer.sum_height()), width(layer.sum_width()), pixels(height * width) {
    if (!layer.pooling) {
      for (std::size_t p = 0; p < pixels; ++p) output.push_back(static_cast<std::ptrdiff_t>(p));
      return;
    }
    const colcomb::PoolingWindow& pooling = *layer.pooling;
    const auto last_y = [&](std::size_t y) {
      return y * pooling.stride + pooling.kernel_height - 1 - pooling.pad_top;
    };
    const auto last_x = [&](std::size_t x) {
      return x * pooling.stride + pooling.kernel_width - 1 - pooling.pad_left;
    };
    for (std::size_t y = 0; y < pooling.out_height; ++y) height = std::max(height, last_y(y) + 1);
    for (std::size_t x = 0; x < pooling.out_width; ++x) width = std::max(width, last_x(x) + 1);
    pixels = pooling.out_height * pooling.out_width;
    output.assign(height * width, -1);
    for (std::size_t y = 0; y < pooling.out_height; ++y) {
      for (std::size_t x = 0; x < pooling.out_width; ++x) {
        output[last_y(y) * width + last_x(x)] =
            static_cast<std::ptrdiff_t>(y * pooling.out_width + x);
      }
    }
  }

  [[nodiscard]] std::size_t words() const { return height * width; }
  /// Output pixels that the first `count` words of a batch complete, counted one by one.
  [[nodiscard]] std::uint64_t completed(std::uint64_t count) const {
    std::uint64_t result = 0;
    for (std::uint64_t w = 0; w < count; ++w) result += output[w % words()] >= 0 ? 1U : 0U;
    return result;
  }
};

}  // namespace colcomb::tests
