#include "colcomb/backprop/geometry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::backprop {
namespace {

/// Pixels beyond the left or right border that the layer's columns reach.
std::size_t halo_of(const LayerDescription& layer) {
  int reach = 0;
  for (const Column& column : layer.columns) {
    const int last = static_cast<int>((layer.sum_width() - 1) * layer.stride) + column.dx;
    reach = std::max({reach, -column.dx, last - static_cast<int>(layer.in_width) + 1});
  }
  return static_cast<std::size_t>(reach);
}

/// Chooses tile_height and with it the height of the tile's input.
void divide(LayerGeometry& g, std::size_t reach_down, std::size_t tile_bytes) {
  const auto input_rows = [&](std::size_t height) {
    const std::size_t read = g.margin + (height - 1) * g.stride + 1 + reach_down;
    return std::max(read, height * g.stride);
  };
  const std::size_t row_bytes = g.input.strides().row * sizeof(float);
  std::size_t height = g.output.height;
  while (height > 1 && input_rows(height) * row_bytes > tile_bytes) --height;
  const std::size_t tiles = (g.output.height + height - 1) / height;
  g.tile_height = (g.output.height + tiles - 1) / tiles;  // equal tiles, as far as possible
  g.input.height = input_rows(g.tile_height);
  // The last tile's inside must hold the map's last rows, even if no column reads them.
  const std::ptrdiff_t last = g.first_input_row(g.tile(g.tiles() - 1));
  const std::ptrdiff_t rest = static_cast<std::ptrdiff_t>(g.in_height) - last;
  if (rest > 0) g.input.height = std::max(g.input.height, static_cast<std::size_t>(rest));
}

LayerGeometry geometry_of(const LayerDescription& layer, std::size_t tile_bytes) {
  LayerGeometry g;
  g.in_height = layer.in_height;
  g.input = {layer.in_channels, 0, layer.in_width, halo_of(layer)};
  g.output = {layer.out_channels, layer.sum_height(), layer.sum_width(), 0};
  g.result = {layer.out_channels, layer.out_height(), layer.out_width(), 0};
  g.output_bf16 = g.output;
  g.output_bf16.channels = (g.output.channels + 1) / 2;
  g.columns = layer.columns.size();
  g.stride = layer.stride;
  int up = 0;
  int down = 0;
  for (const Column& column : layer.columns) {
    up = std::max<int>(up, -column.dy);
    down = std::max<int>(down, column.dy);
  }
  g.margin = static_cast<std::size_t>(up);
  divide(g, static_cast<std::size_t>(down), tile_bytes);
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  if (g.input.floats() > kMost || g.output.floats() > kMost) {
    throw failure("layer " + layer.name,
                  fmt::format("its maps of {} x {} x {} are too large for training on the CPU",
                              g.rows(), g.output.height, g.output.width));
  }
  std::vector<bool> read(layer.in_channels);
  const MapStrides in = g.input.strides();
  for (const Column& column : layer.columns) {
    const auto channel = static_cast<std::size_t>(column.channel);
    g.shared_channels = g.shared_channels || read[channel];
    read[channel] = true;
    const auto step = column.dy * static_cast<std::ptrdiff_t>(in.row) +
                      column.dx * static_cast<std::ptrdiff_t>(kVectorImages);
    g.column_offset.push_back(
        static_cast<std::int32_t>(static_cast<std::ptrdiff_t>(channel * in.channel) + step));
  }
  for (std::size_t y = 0; y < g.tile_height; ++y) {
    for (std::size_t x = 0; x < g.output.width; ++x) {
      g.pixel_in.push_back(
          static_cast<std::int32_t>(g.input.at(g.margin + y * g.stride, x * g.stride)));
      g.pixel_out.push_back(static_cast<std::int32_t>(g.output.at(y, x)));
      g.bf16_pixel.push_back(static_cast<std::int32_t>(g.output_bf16.at(y, x)));
    }
  }
  for (std::size_t n = 0; n < g.rows(); ++n) {
    g.row_offset.push_back(static_cast<std::int32_t>(n * g.output.strides().channel));
    g.bf16_row.push_back(static_cast<std::int32_t>(n / 2 * g.output_bf16.strides().channel));
  }
  return g;
}

/// The layer whose input has a channel for each column of `layer`, as its sums read it.
LayerDescription of_columns(const LayerDescription& layer) {
  LayerDescription flat = layer;
  flat.in_channels = layer.columns.size();
  flat.in_height = layer.sum_height();
  flat.in_width = layer.sum_width();
  flat.kernel = flat.stride = 1;
  flat.window.reset();
  flat.more_inputs.clear();
  flat.columns = convolution_columns(flat.in_channels, 1);
  return flat;
}

}  // namespace

std::vector<LayerGeometry> layer_geometries(const NetworkDescription& network,
                                            std::size_t tile_bytes) {
  std::vector<LayerGeometry> result;
  for (const LayerDescription& layer : network.hidden)
    result.push_back(geometry_of(part_count(layer) > 1 ? of_columns(layer) : layer, tile_bytes));
  // The classifier reads the last map flattened.
  const LayerDescription& given = network.classifier;
  const auto width = static_cast<std::int32_t>(given.in_width);
  const auto plane = static_cast<std::int32_t>(given.in_height) * width;
  LayerDescription flat =
      make_classifier(given.in_channels * static_cast<std::size_t>(plane), network.classes);
  for (std::size_t m = 0; m < given.columns.size(); ++m) {
    const Column& column = given.columns[m];
    flat.columns[m].channel = column.channel * plane + column.dy * width + column.dx;
  }
  result.push_back(geometry_of(flat, tile_bytes));
  return result;
}

}  // namespace colcomb::backprop
