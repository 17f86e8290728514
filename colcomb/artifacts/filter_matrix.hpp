#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// One column of a filter matrix: an input channel seen with one spatial offset. The weight in this
/// column meets, for the output pixel (y, x), the input (channel, y * stride + dy, x * stride +
/// dx).
struct Column {
  std::int32_t channel = 0;  // of the input
  std::int16_t dy = 0;       // rows down from the output pixel
  std::int16_t dx = 0;       // columns right of it

  auto operator<=>(const Column&) const = default;
};

/// Filter matrix: row = filter (output channel), column = (channel, dy, dx). The one kind of layer:
/// pointwise and linear layers have the offset (0, 0) everywhere, shift layers each channel's own
/// offset, k x k convolutions k * k columns per channel in the order (channel, dy, dx).
struct FilterMatrix {
  Matrix<float> weights;        // N x M
  std::vector<Column> columns;  // M

  /// Filters, N.
  [[nodiscard]] std::size_t rows() const { return weights.rows(); }
  /// Columns, M.
  [[nodiscard]] std::size_t cols() const { return weights.cols(); }
};

/// Column descriptors of a k x k convolution with padding `k / 2` (k odd; k = 1: pointwise).
[[nodiscard]] std::vector<Column> convolution_columns(std::size_t channels, std::size_t kernel);

/// The N x M filter matrix of a grouped convolution: `weights` is N x (M / conv_groups), filter n
/// reads the n * conv_groups / N-th part of the input channels, and everything else is 0. Depthwise
/// convolution: conv_groups = N.
/// Requires: conv_groups divides N.
[[nodiscard]] Matrix<float> expand_grouped_convolution(const Matrix<float>& weights,
                                                       std::size_t conv_groups);

}  // namespace colcomb
