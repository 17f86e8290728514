#include "colcomb/interchange/export_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::interchange {
namespace {

/// Index of a column's tap in a channel's kernel x kernel taps.
std::size_t tap(const Column& column, std::size_t kernel) {
  const auto reach = static_cast<std::ptrdiff_t>(kernel / 2);
  const auto side = static_cast<std::ptrdiff_t>(kernel);
  return static_cast<std::size_t>((column.dy + reach) * side + column.dx + reach);
}

}  // namespace

bool reads_each_channel_once(const LayerDescription& layer) {
  std::vector<int> times(layer.in_channels);
  for (const Column& column : layer.columns) ++times[static_cast<std::size_t>(column.channel)];
  return std::ranges::all_of(times, [](int n) { return n == 1; });
}

bool all_at_center(const LayerDescription& layer) {
  return std::ranges::all_of(layer.columns, [](const Column& c) { return c.dy == 0 && c.dx == 0; });
}

std::vector<std::int8_t> shift_kernel(const LayerDescription& layer) {
  const std::size_t taps = layer.kernel * layer.kernel;
  std::vector<std::int8_t> kernel(layer.in_channels * taps);
  for (const Column& column : layer.columns)
    kernel[static_cast<std::size_t>(column.channel) * taps + tap(column, layer.kernel)] = 1;
  return kernel;
}

std::vector<std::int8_t> dense_kernel(const QuantizedLayer& layer,
                                      const LayerDescription& description, std::size_t kernel,
                                      const std::string& where) {
  const Matrix<std::int8_t> full = unpack(layer.weights);
  const std::size_t taps = kernel * kernel;
  const ConvGroups conv_groups(description);
  const std::size_t channels = description.in_channels / description.conv_groups;
  std::vector<std::int8_t> dense(description.out_channels * channels * taps);
  for (std::size_t m = 0; m < full.cols(); ++m) {
    const Column& column = description.columns[m];
    const std::size_t place = static_cast<std::size_t>(column.channel) % channels * taps +
                              (kernel == 1 ? 0 : tap(column, kernel));
    for (std::size_t n = 0; n < full.rows(); ++n) {
      if (!conv_groups.connects(n, m)) continue;
      std::int8_t& weight = dense[n * channels * taps + place];
      const int sum = weight + full(n, m);
      if (sum < -128 || sum > 127) {
        throw file_error(
            where, fmt::format("layer {}: column {}", description.name, m), fmt::to_string(sum),
            "and the same column before it must have a sum of 8 bits in the QDQ and float forms");
      }
      weight = static_cast<std::int8_t>(sum);
    }
  }
  return dense;
}

}  // namespace colcomb::interchange
