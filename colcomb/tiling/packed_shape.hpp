#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/tiling/blocks.hpp"
#include "colcomb/tiling/layout.hpp"

namespace colcomb::tiling {

/// What a schedule depends on of one layer's packed filter matrix, N x G: its size and, for each
/// column tile, what its columns read. Not its values.
struct PackedShape {
  /// Columns of the filter matrix with one offset.
  struct Reads {
    std::int32_t dy = 0;        // rows down from the output pixel
    std::int32_t dx = 0;        // columns right of it
    std::uint64_t columns = 0;  // how many columns read there
  };

  /// The groups of one column of tiles.
  struct ColumnTile {
    std::size_t part = 0;          // of the layer, whose map it reads
    std::size_t groups = 0;        // array columns in use
    std::uint64_t members = 0;     // columns of the filter matrix in these groups
    std::uint64_t most_lines = 0;  // of them in the fullest group
    ReadWindow window;             // what they read around an output pixel
    std::size_t slots = 0;         // planes per bank, where they are fetched for this tile alone
    std::vector<Reads> reads;      // of all members; empty: not known, all inside the map
  };

  std::size_t rows = 0;                  // N
  std::size_t groups = 0;                // G
  ReadWindow window;                     // of all groups together
  std::size_t slots = 0;                 // planes of the input map per bank of the data buffer,
                                         // if this layer alone reads it
  std::size_t output_slots = 0;          // the same of the output map, for all that read it
  std::vector<ColumnTile> column_tiles;  // max(1, ceil(G / C))
  std::vector<std::uint64_t> nonzeros;   // per tile, row tile by row tile: cells with a weight
  std::vector<WriteCost> writes;         // per row tile: to the banks of the output map
  /// Of a layer of several parts, each part's reader without its columns; else empty.
  std::vector<LayerDescription> readers;

  /// Loads of the array's rows.
  [[nodiscard]] std::size_t row_tiles(const ArrayConfig& config) const;
  /// What column tile `column_tile` of the layer `description` reads, and how.
  [[nodiscard]] const LayerDescription& reader(const LayerDescription& description,
                                               std::size_t column_tile) const {
    return readers.empty() ? description : readers[column_tiles[column_tile].part];
  }
};

/// The shapes of a packed network's layers, the classifier's last, in these layouts of theirs.
[[nodiscard]] std::vector<PackedShape> shapes_of(const QuantizedNetwork& network,
                                                 const ArrayConfig& config,
                                                 const std::vector<InputLayout>& layouts);

/// The shapes of layers that have yet to be packed, each into so many groups, at least 1: its M
/// columns spread as evenly over at most M groups as can be, every cell full, each column tile
/// reading as many channels as its columns can have, no channel copied. A layer of several parts
/// shares its groups out over them (groups_of_parts); a map that several read has the planes of
/// all.
[[nodiscard]] std::vector<PackedShape> planned_shapes(const NetworkDescription& network,
                                                      const ArrayConfig& config,
                                                      const std::vector<std::size_t>& groups);

}  // namespace colcomb::tiling
