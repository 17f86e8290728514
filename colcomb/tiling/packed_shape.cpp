#include "colcomb/tiling/packed_shape.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::tiling {
namespace {

std::size_t column_tiles_of(std::size_t groups, const ArrayConfig& config) {
  return std::max<std::size_t>(1, ceil_divide(groups, config.columns));
}

/// Groups of column tile `tile`.
std::size_t groups_in(std::size_t groups, std::size_t tile, const ArrayConfig& config) {
  return std::min(config.columns, groups - std::min(groups, tile * config.columns));
}

ReadWindow window_of_columns(const LayerDescription& description) {
  ReadWindow window;
  for (const Column& column : description.columns) {
    window.least_dy = std::min<std::int64_t>(window.least_dy, column.dy);
    window.most_dy = std::max<std::int64_t>(window.most_dy, column.dy);
  }
  window.channels = description.in_channels;
  return window;
}

}  // namespace

std::size_t PackedShape::row_tiles(const ArrayConfig& config) const {
  return ceil_divide(rows, config.rows);
}

PackedShape shape_of(const QuantizedLayer& layer, const LayerDescription& description,
                     const ArrayConfig& config) {
  PackedShape shape;
  shape.rows = layer.weights.rows();
  shape.groups = layer.weights.groups.size();
  shape.window = window_of(layer, description, 0, shape.groups);
  const std::size_t column_tiles = column_tiles_of(shape.groups, config);
  for (std::size_t tile = 0; tile < column_tiles; ++tile) {
    const std::size_t begin = tile * config.columns;
    const std::size_t groups = groups_in(shape.groups, tile, config);
    std::uint64_t members = 0;
    for (std::size_t g = begin; g < begin + groups; ++g)
      members += layer.weights.groups.groups[g].size();
    shape.column_tiles.push_back({members, window_of(layer, description, begin, groups)});
  }
  for (std::size_t row = 0; row < shape.rows; row += config.rows) {
    for (std::size_t tile = 0; tile < column_tiles; ++tile) {
      std::uint64_t nonzeros = 0;
      for (std::size_t n = row; n < std::min(shape.rows, row + config.rows); ++n) {
        const auto cells = layer.weights.values.row(n).subspan(
            tile * config.columns, groups_in(shape.groups, tile, config));
        nonzeros += cells.size() - static_cast<std::uint64_t>(std::ranges::count(cells, 0));
      }
      shape.nonzeros.push_back(nonzeros);
    }
  }
  return shape;
}

PackedShape planned_shape(const LayerDescription& description, const ArrayConfig& config,
                          std::size_t groups) {
  COLCOMB_CHECK(groups > 0, "a layer has at least one group");
  const std::size_t columns = description.columns.size();
  PackedShape shape;
  shape.rows = description.out_channels;
  shape.groups = std::min(groups, columns);
  shape.window = window_of_columns(description);
  const std::size_t column_tiles = column_tiles_of(shape.groups, config);
  std::size_t groups_before = 0;
  for (std::size_t tile = 0; tile < column_tiles; ++tile) {
    // Group g holds columns [g * M / G, (g + 1) * M / G) of some order.
    const std::size_t groups_after = groups_before + groups_in(shape.groups, tile, config);
    const std::uint64_t members =
        groups_after * columns / shape.groups - groups_before * columns / shape.groups;
    ReadWindow window = shape.window;
    window.channels = std::min<std::uint64_t>(window.channels, members);
    shape.column_tiles.push_back({members, window});
    groups_before = groups_after;
  }
  for (std::size_t row = 0; row < shape.rows; row += config.rows) {
    for (std::size_t tile = 0; tile < column_tiles; ++tile) {
      shape.nonzeros.push_back(std::min(config.rows, shape.rows - row) *
                               groups_in(shape.groups, tile, config));
    }
  }
  return shape;
}

}  // namespace colcomb::tiling
