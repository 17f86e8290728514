#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/tiling/packed_shape.hpp"
#include "colcomb/tiling/placement.hpp"

namespace colcomb::tiling {

/// Appends one layer's tiles in the order of `config.order`; weight_bytes are those of a tile that
/// reads its weights itself.
/// Errors: UserError where the buffers are too small for blocks of a single word.
void append_layer(std::vector<Tile>& tiles, const NetworkDescription& network,
                  const PackedShape& shape, const ArrayConfig& config, const Placement& placement,
                  std::size_t layer);

/// What a tile reads of each channel's plane in DRAM: the window is its column tile's, or the whole
/// layer's where the tiles of a block share it.
[[nodiscard]] ByteRange input_range(const PackedShape& shape, const LayerDescription& description,
                                    const ArrayConfig& config, const Tile& tile);

/// What a tile reads of each channel's plane of its residual source: whole rows.
[[nodiscard]] ByteRange residual_range(const NetworkDescription& network, const Tile& tile);

/// What a tile writes of each filter's plane in DRAM: a byte for each output pixel that its words
/// complete, of logits four.
[[nodiscard]] ByteRange output_range(const NetworkDescription& network, std::size_t layer,
                                     std::uint64_t word_begin, std::uint64_t words);

/// Row tiles whose pooling windows are in the line buffer at the same time.
[[nodiscard]] std::uint64_t window_row_tiles(const ArrayConfig& config, const PackedShape& shape);

}  // namespace colcomb::tiling
