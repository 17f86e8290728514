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

/// Appends the column tiles of a layer's columns that read one map, which are in `groups` groups;
/// gives the planes of that map per bank.
std::size_t plan_part(PackedShape& shape, const ArrayConfig& config, std::size_t part,
                      std::size_t columns, std::size_t channels, std::size_t groups) {
  std::size_t slots = 0;
  std::size_t before = 0;
  while (before < groups) {
    // Group g holds columns [g * M / G, (g + 1) * M / G) of some order.
    const std::size_t after = std::min(groups, before + config.columns);
    PackedShape::ColumnTile tile;
    tile.part = part;
    tile.groups = after - before;
    tile.members = after * columns / groups - before * columns / groups;
    tile.most_lines = ceil_divide(columns, groups);
    tile.window = shape.window;
    tile.window.channels = std::min<std::uint64_t>(channels, tile.members);
    tile.slots = std::min<std::size_t>(tile.most_lines, channels);
    slots += tile.slots;
    shape.column_tiles.push_back(std::move(tile));
    before = after;
  }
  return std::min(slots, channels);
}

/// A layer's shape, and the planes of each of its maps per bank.
struct Planned {
  PackedShape shape;
  std::vector<std::size_t> slots;
};

Planned planned_shape(const LayerDescription& description, const ArrayConfig& config,
                      std::size_t groups) {
  COLCOMB_CHECK(groups > 0, "a layer has at least one group");
  Planned planned;
  PackedShape& shape = planned.shape;
  shape.rows = description.out_channels;
  for (const Column& column : description.columns) {
    shape.window.least_dy = std::min<std::int64_t>(shape.window.least_dy, column.dy);
    shape.window.most_dy = std::max<std::int64_t>(shape.window.most_dy, column.dy);
  }
  shape.window.channels = description.in_channels;
  const std::vector<std::size_t> columns = columns_of_parts(description);
  const std::vector<std::size_t> shares = groups_of_parts(description, groups);
  for (std::size_t part = 0; part < shares.size(); ++part) {
    const LayerDescription reader = part_geometry(description, part);
    if (shares.size() > 1) shape.readers.push_back(reader);
    shape.groups += shares[part];
    planned.slots.push_back(
        plan_part(shape, config, part, columns[part],
                  shares.size() > 1 ? reader.in_channels : description.in_channels, shares[part]));
    shape.slots += planned.slots.back();
  }
  for (std::size_t row = 0; row < shape.rows; row += config.rows) {
    for (const PackedShape::ColumnTile& tile : shape.column_tiles)
      shape.nonzeros.push_back(std::min(config.rows, shape.rows - row) * tile.groups);
  }
  return planned;
}

/// Per hidden layer, the planes of its output per bank: what its readers have together, each with
/// the channels in places of its own.
std::vector<std::size_t> output_slots(const NetworkDescription& network,
                                      const std::vector<Planned>& planned) {
  std::vector<std::size_t> slots(network.hidden.size());
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const std::vector<LayerPart> parts = parts_of(network, i);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (parts[p].source) slots[*parts[p].source] += planned[i].slots[p];
    }
  }
  for (std::size_t i = 0; i < slots.size(); ++i)
    slots[i] = std::min(slots[i], network.hidden[i].out_channels);
  return slots;
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
  std::vector<Planned> planned;
  for (std::size_t i = 0; i < groups.size(); ++i)
    planned.push_back(planned_shape(network.layer(i), config, groups[i]));
  const std::vector<std::size_t> slots = output_slots(network, planned);
  std::vector<PackedShape> shapes;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    PackedShape& shape = shapes.emplace_back(std::move(planned[i].shape));
    if (i < slots.size()) shape.output_slots = slots[i];
    const std::size_t tiles = shape.row_tiles(config);
    for (std::size_t t = 0; t < tiles; ++t) {
      WriteCost cost;
      if (i < slots.size()) {
        cost.copies = std::min(config.rows, shape.rows - t * config.rows);
        cost.most = static_cast<std::uint32_t>(ceil_divide(shape.output_slots, tiles));
      }
      shape.writes.push_back(cost);
    }
  }
  return shapes;
}

}  // namespace colcomb::tiling
