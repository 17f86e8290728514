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

/// What `column` delivers for pixels of the layer's sums, row by row from pixel `first` on, as many
/// as `values` holds: from `source`, its channel's in_height x in_width values, or `padding`
/// outside. The same as input_pixel pixel by pixel, but without a test in the inner loop.
/// Requires: first + values.size() is at most sum_height x sum_width.
template <class T>
void gather(std::span<const T> source, const LayerDescription& layer, const Column& column,
            T padding, std::span<T> values, std::size_t first = 0) {
  const auto stride = static_cast<std::ptrdiff_t>(layer.stride);
  const auto height = static_cast<std::ptrdiff_t>(layer.in_height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in_width);
  const auto outputs = static_cast<std::ptrdiff_t>(layer.sum_width());
  // Sums [inside, outside) of a row read inside the map.
  const std::ptrdiff_t inside =
      std::min(column.dx < 0 ? (stride - 1 - column.dx) / stride : 0, outputs);
  const std::ptrdiff_t outside = std::clamp(
      column.dx < width ? (width - column.dx + stride - 1) / stride : 0, inside, outputs);
  auto y = static_cast<std::ptrdiff_t>(first / layer.sum_width());
  auto x = static_cast<std::ptrdiff_t>(first % layer.sum_width());
  for (T* to = values.data(); to != values.data() + values.size(); ++y, x = 0) {
    const std::ptrdiff_t end =
        std::min(outputs, x + (values.data() + values.size() - to));  // of the row's sums
    const std::ptrdiff_t in_y = y * stride + column.dy;
    const bool row = in_y >= 0 && in_y < height;
    const std::ptrdiff_t begin = row ? std::clamp(inside, x, end) : end;
    const std::ptrdiff_t last = row ? std::clamp(outside, begin, end) : end;
    to = std::fill_n(to, begin - x, padding);
    const std::ptrdiff_t from = in_y * width + column.dx;
    if (stride == 1) {
      to = std::copy_n(source.data() + from + begin, last - begin, to);
    } else {
      for (std::ptrdiff_t at = begin; at < last; ++at)
        *to++ = source[static_cast<std::size_t>(from + at * stride)];
    }
    to = std::fill_n(to, end - last, padding);
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
