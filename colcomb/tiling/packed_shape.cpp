#include "colcomb/tiling/packed_shape.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::tiling {
namespace {

PackedShape::ColumnTile column_tile_of(const ColumnTileLayout& tile, const QuantizedLayer& layer,
                                       const LayerDescription& description) {
  PackedShape::ColumnTile shape;
  shape.part = tile.part;
  shape.groups = tile.groups.size();
  std::map<std::pair<std::int32_t, std::int32_t>, std::uint64_t> columns;
  std::set<std::int32_t> channels;
  for (const std::uint32_t group : tile.groups) {
    const auto& members = layer.weights.groups.groups[group];
    shape.members += members.size();
    shape.most_lines = std::max<std::uint64_t>(shape.most_lines, members.size());
    for (const std::uint32_t m : members) {
      const Column& column = description.columns[m];
      channels.insert(column.channel);
      ++columns[{column.dy, column.dx}];
    }
    widen(shape.window, members, description);
  }
  shape.window.channels = channels.size();
  shape.slots = tile_banks(tile, layer, description).slot_count;
  for (const auto& [offset, count] : columns)
    shape.reads.push_back({offset.first, offset.second, count});
  return shape;
}

PackedShape shape_of(const QuantizedLayer& layer, const LayerDescription& description,
                     const ArrayConfig& config, const InputLayout& layout) {
  PackedShape shape;
  shape.rows = layer.weights.rows();
  shape.groups = layer.weights.groups.size();
  shape.slots = layout.banks.slot_count;
  for (std::size_t p = 0; !description.more_inputs.empty() && p < part_count(description); ++p)
    shape.readers.push_back(part_geometry(description, p));
  for (const ColumnTileLayout& tile : layout.column_tiles) {
    shape.column_tiles.push_back(column_tile_of(tile, layer, description));
    const ReadWindow& window = shape.column_tiles.back().window;
    shape.window.least_dy = std::min(shape.window.least_dy, window.least_dy);
    shape.window.most_dy = std::max(shape.window.most_dy, window.most_dy);
  }
  for (const auto& banks : layout.banks.banks) shape.window.channels += banks.empty() ? 0 : 1;
  for (std::size_t row = 0; row < shape.rows; row += config.rows) {
    const std::size_t end = std::min(shape.rows, row + config.rows);
    for (const ColumnTileLayout& tile : layout.column_tiles) {
      std::uint64_t nonzeros = 0;
      for (std::size_t n = row; n < end; ++n) {
        const auto cells = layer.weights.values.row(n);
        for (const std::uint32_t group : tile.groups) nonzeros += cells[group] != 0 ? 1U : 0U;
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
  for (const Column& column : description.columns) {
    shape.window.least_dy = std::min<std::int64_t>(shape.window.least_dy, column.dy);
    shape.window.most_dy = std::max<std::int64_t>(shape.window.most_dy, column.dy);
  }
  shape.window.channels = description.in_channels;
  std::size_t before = 0;
  while (before < shape.groups) {
    // Group g holds columns [g * M / G, (g + 1) * M / G) of some order.
    const std::size_t after = std::min(shape.groups, before + config.columns);
    PackedShape::ColumnTile tile;
    tile.groups = after - before;
    tile.members = after * columns / shape.groups - before * columns / shape.groups;
    tile.most_lines = ceil_divide(columns, shape.groups);
    tile.window = shape.window;
    tile.window.channels = std::min<std::uint64_t>(shape.window.channels, tile.members);
    tile.slots = std::min<std::size_t>(tile.most_lines, description.in_channels);
    shape.slots += tile.slots;
    shape.column_tiles.push_back(std::move(tile));
    before = after;
  }
  shape.slots = std::min(shape.slots, description.in_channels);
  for (std::size_t row = 0; row < shape.rows; row += config.rows) {
    for (const PackedShape::ColumnTile& tile : shape.column_tiles)
      shape.nonzeros.push_back(std::min(config.rows, shape.rows - row) * tile.groups);
  }
  return shape;
}

}  // namespace

std::size_t PackedShape::row_tiles(const ArrayConfig& config) const {
  return ceil_divide(rows, config.rows);
}

std::vector<PackedShape> shapes_of(const QuantizedNetwork& network, const ArrayConfig& config,
                                   const std::vector<InputLayout>& layouts) {
  std::vector<PackedShape> shapes;
  const std::vector<BankLayout> maps = map_layouts(network.description, layouts);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    shapes.push_back(shape_of(network.layer(i), network.description.layer(i), config, layouts[i]));
    PackedShape& shape = shapes.back();
    if (!network.is_classifier(i)) shape.output_slots = maps[i + 1].slot_count;
    for (std::size_t row = 0; row < shape.rows; row += config.rows) {
      const std::size_t rows = std::min(config.rows, shape.rows - row);
      shape.writes.push_back(network.is_classifier(i) ? WriteCost{}
                                                      : write_cost(maps[i + 1], row, rows, config));
    }
  }
  return shapes;
}

std::vector<PackedShape> planned_shapes(const NetworkDescription& network,
                                        const ArrayConfig& config,
                                        const std::vector<std::size_t>& groups) {
  COLCOMB_CHECK(groups.size() == network.layer_count(), "one number of groups per layer");
  require_chain(network, "a plan without weights");
  std::vector<PackedShape> shapes;
  for (std::size_t i = 0; i < groups.size(); ++i)
    shapes.push_back(planned_shape(network.layer(i), config, groups[i]));
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    PackedShape& shape = shapes[i];
    const std::size_t tiles = shape.row_tiles(config);
    for (std::size_t t = 0; t < tiles; ++t) {
      WriteCost cost;
      if (i + 1 < shapes.size()) {
        cost.copies = std::min(config.rows, shape.rows - t * config.rows);
        cost.most = static_cast<std::uint32_t>(ceil_divide(shapes[i + 1].slots, tiles));
        shape.output_slots = shapes[i + 1].slots;
      }
      shape.writes.push_back(cost);
    }
  }
  return shapes;
}

}  // namespace colcomb::tiling
