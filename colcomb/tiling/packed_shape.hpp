#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/tiling/blocks.hpp"

namespace colcomb::tiling {

/// What a tile program depends on of one layer's packed filter matrix, N x G: its size and, for
/// each column tile (C groups of it, fewer in the last one), what the groups read. Not its values.
struct PackedShape {
  struct ColumnTile {
    std::uint64_t members = 0;  // columns of the filter matrix in these groups
    ReadWindow window;          // what they read around an output pixel
  };

  std::size_t rows = 0;                  // N
  std::size_t groups = 0;                // G
  ReadWindow window;                     // of all groups together
  std::vector<ColumnTile> column_tiles;  // max(1, ceil(G / C))
  std::vector<std::uint64_t> nonzeros;   // per tile, row tile by row tile: cells with a weight

  [[nodiscard]] std::size_t row_tiles(const ArrayConfig& config) const;
};

/// Of a layer that has been packed.
[[nodiscard]] PackedShape shape_of(const QuantizedLayer& layer, const LayerDescription& description,
                                   const ArrayConfig& config);

/// Of a layer that has yet to be packed into `groups` groups: its M columns spread as evenly over
/// the groups as can be, every cell full, and each column tile reading as many channels as its
/// columns can have.
/// Requires: groups is at least 1; at most M groups are counted.
[[nodiscard]] PackedShape planned_shape(const LayerDescription& description,
                                        const ArrayConfig& config, std::size_t groups);

}  // namespace colcomb::tiling
