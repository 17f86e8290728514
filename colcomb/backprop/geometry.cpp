#include "colcomb/backprop/geometry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "colcomb/base/error.hpp"

namespace colcomb::backprop {
namespace {

/// Pixels beyond the map's border that the layer's columns reach.
std::size_t reach_of(const LayerDescription& layer) {
  const auto beyond = [&](int offset, std::size_t out, std::size_t in) {
    const int last = static_cast<int>((out - 1) * layer.stride) + offset;
    return std::max({0, -offset, last - static_cast<int>(in) + 1});
  };
  int reach = 0;
  for (const Column& column : layer.columns) {
    reach = std::max({reach, beyond(column.dy, layer.out_height(), layer.in_height),
                      beyond(column.dx, layer.out_width(), layer.in_width)});
  }
  return static_cast<std::size_t>(reach);
}

LayerGeometry geometry_of(const LayerDescription& layer) {
  LayerGeometry g;
  g.input = {layer.in_channels, layer.in_height, layer.in_width, reach_of(layer)};
  g.rows = layer.out_channels;
  g.columns = layer.columns.size();
  g.out_height = layer.out_height();
  g.out_width = layer.out_width();
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  if (g.input.floats() > kMost || g.out_floats() > kMost) {
    throw failure("layer " + layer.name,
                  fmt::format("its maps of {} x {} x {} are too large for training on the CPU",
                              g.rows, g.out_height, g.out_width));
  }
  std::vector<bool> read(layer.in_channels);
  for (const Column& column : layer.columns) {
    const auto channel = static_cast<std::size_t>(column.channel);
    g.shared_channels = g.shared_channels || read[channel];
    read[channel] = true;
    const auto plane = static_cast<std::ptrdiff_t>(channel * g.input.plane());
    const auto step = column.dy * static_cast<std::ptrdiff_t>(g.input.pitch()) +
                      column.dx * static_cast<std::ptrdiff_t>(kLanes);
    g.column_offset.push_back(static_cast<std::int32_t>(plane + step));
  }
  for (std::size_t y = 0; y < g.out_height; ++y) {
    for (std::size_t x = 0; x < g.out_width; ++x) {
      g.pixel_in.push_back(
          static_cast<std::int32_t>(g.input.at(y * layer.stride, x * layer.stride)));
      g.pixel_out.push_back(static_cast<std::int32_t>((y * g.out_width + x) * kLanes));
    }
  }
  for (std::size_t n = 0; n < g.rows; ++n)
    g.row_offset.push_back(static_cast<std::int32_t>(n * g.out_pixels() * kLanes));
  return g;
}

}  // namespace

std::vector<LayerGeometry> layer_geometries(const NetworkDescription& network) {
  std::vector<LayerGeometry> result;
  for (const LayerDescription& layer : network.layers) result.push_back(geometry_of(layer));
  return result;
}

}  // namespace colcomb::backprop
