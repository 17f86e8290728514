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

/// Pixels behind the map that its outputs read.
std::int64_t behind(std::size_t out, std::size_t stride, std::size_t taps, std::size_t dilation,
                    std::size_t before, std::size_t in) {
  const std::size_t end = (out - 1) * stride + (taps - 1) * dilation + 1;
  return end > in + before ? static_cast<std::int64_t>(end - in - before) : 0;
}

}  // namespace

Taps taps_of(const LayerDescription& layer) {
  if (!layer.window) return {layer.kernel, layer.kernel, 1, 1, layer.kernel / 2, layer.kernel / 2};
  const Window& w = *layer.window;
  return {w.kernel_height,  w.kernel_width, w.dilation_height,
          w.dilation_width, w.pad_top,      w.pad_left};
}

Border border_of(const LayerDescription& layer, const Taps& taps) {
  return {static_cast<std::int64_t>(taps.pad_top),
          behind(layer.sum_height(), layer.stride, taps.height, taps.dilation_height, taps.pad_top,
                 layer.in_height),
          static_cast<std::int64_t>(taps.pad_left),
          behind(layer.sum_width(), layer.stride, taps.width, taps.dilation_width, taps.pad_left,
                 layer.in_width)};
}

std::size_t tap_of(const Column& column, const Taps& taps) {
  if (taps.height * taps.width == 1) return 0;
  const auto along = [](std::ptrdiff_t offset, std::size_t padding, std::size_t dilation) {
    return static_cast<std::size_t>(offset + static_cast<std::ptrdiff_t>(padding)) / dilation;
  };
  return along(column.dy, taps.pad_top, taps.dilation_height) * taps.width +
         along(column.dx, taps.pad_left, taps.dilation_width);
}

std::string first_outputs(OnnxWriter& writer, const std::string& name, const std::string& map,
                          const LayerDescription& layer, const Taps& taps, const Border& border) {
  const auto outputs = [&layer](std::size_t in, std::int64_t around, std::size_t extent) {
    return (in + static_cast<std::size_t>(around) - extent) / layer.stride + 1;
  };
  if (outputs(layer.in_height, border.top + border.bottom,
              (taps.height - 1) * taps.dilation_height + 1) == layer.sum_height() &&
      outputs(layer.in_width, border.left + border.right,
              (taps.width - 1) * taps.dilation_width + 1) == layer.sum_width())
    return map;
  const Dimensions end{static_cast<std::int64_t>(layer.sum_height()),
                       static_cast<std::int64_t>(layer.sum_width())};
  return writer.node(
      "Slice", name,
      {map, writer.constant(name + ".first", Dimensions{0, 0}), writer.constant(name + ".end", end),
       writer.constant(name + ".axes", Dimensions{2, 3})});
}

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
                                      const LayerDescription& description, const Taps& taps,
                                      const std::string& where) {
  const Matrix<std::int8_t> full = unpack(layer.weights);
  const std::size_t count = taps.height * taps.width;
  const ConvGroups conv_groups(description);
  const std::size_t channels = description.in_channels / description.conv_groups;
  std::vector<std::int8_t> dense(description.out_channels * channels * count);
  for (std::size_t m = 0; m < full.cols(); ++m) {
    const Column& column = description.columns[m];
    const std::size_t place =
        static_cast<std::size_t>(column.channel) % channels * count + tap_of(column, taps);
    for (std::size_t n = 0; n < full.rows(); ++n) {
      if (!conv_groups.connects(n, m)) continue;
      std::int8_t& weight = dense[n * channels * count + place];
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
