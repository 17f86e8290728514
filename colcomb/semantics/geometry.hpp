#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::semantics {

/// The input pixel (its index y * in_width + x) that `column` reads for the sum at (y, x):
/// row y * stride + dy, column x * stride + dx. Nothing where that lies outside the map: there the
/// column reads its channel's padding value.
[[nodiscard]] inline std::optional<std::size_t> input_pixel(const LayerDescription& layer,
                                                            const Column& column, std::size_t y,
                                                            std::size_t x) {
  const auto in_y = static_cast<std::ptrdiff_t>(y * layer.stride) + column.dy;
  const auto in_x = static_cast<std::ptrdiff_t>(x * layer.stride) + column.dx;
  const auto height = static_cast<std::ptrdiff_t>(layer.in_height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in_width);
  if (in_y < 0 || in_x < 0 || in_y >= height || in_x >= width) return std::nullopt;
  return static_cast<std::size_t>(in_y * width + in_x);
}

/// What `column` delivers for every pixel of the layer's sums: `plane`, sum_height x sum_width,
/// from `source`, its channel's in_height x in_width values, or `padding` outside. The same as
/// input_pixel pixel by pixel, but without a test in the inner loop.
template <class T>
void gather(std::span<const T> source, const LayerDescription& layer, const Column& column,
            T padding, std::span<T> plane) {
  const auto stride = static_cast<std::ptrdiff_t>(layer.stride);
  const auto height = static_cast<std::ptrdiff_t>(layer.in_height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in_width);
  const auto outputs = static_cast<std::ptrdiff_t>(layer.sum_width());
  // Sums [first, last) of a row read inside the map.
  const std::ptrdiff_t first =
      std::min(column.dx < 0 ? (stride - 1 - column.dx) / stride : 0, outputs);
  const std::ptrdiff_t last =
      std::clamp(column.dx < width ? (width - column.dx + stride - 1) / stride : 0, first, outputs);
  for (std::size_t y = 0; y < layer.sum_height(); ++y) {
    const std::span<T> row = plane.subspan(y * layer.sum_width(), layer.sum_width());
    const std::ptrdiff_t in_y = static_cast<std::ptrdiff_t>(y) * stride + column.dy;
    if (in_y < 0 || in_y >= height) {
      std::ranges::fill(row, padding);
      continue;
    }
    std::fill(row.begin(), row.begin() + first, padding);
    std::fill(row.begin() + last, row.end(), padding);
    const std::ptrdiff_t begin = in_y * width + column.dx;
    for (std::ptrdiff_t x = first; x < last; ++x)
      row[static_cast<std::size_t>(x)] = source[static_cast<std::size_t>(begin + x * stride)];
  }
}

/// Which pixel of its residual source a hidden layer adds to its sum at (y, x).
class ResidualPixels {
 public:
  /// Requires: hidden layer `layer` has a residual source.
  ResidualPixels(const NetworkDescription& network, std::size_t layer)
      : stride_(residual_stride(network, layer)),
        width_(network.hidden[*network.hidden[layer].residual].out_width()) {}

  [[nodiscard]] std::size_t operator()(std::size_t y, std::size_t x) const {
    return y * stride_ * width_ + x * stride_;
  }

 private:
  std::size_t stride_;
  std::size_t width_;
};

}  // namespace colcomb::semantics
