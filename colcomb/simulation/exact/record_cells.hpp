#pragma once

#include <cstdint>
#include <span>

#include "colcomb/artifacts/cell_recording.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::simulation {

/// What of a run is recorded.
struct RecordOptions {
  /// Most words of the tile, and most clocks before its weights enter: what lies behind is not
  /// looked for. The first tile of these clocks is taken that fills the array and has a group of
  /// several columns, else the first one.
  std::uint32_t words = 6;
  std::uint64_t clocks = 300'000;  // at most
};

/// Runs one image, or a batch, layer after layer through the exact engine up to a tile that shows
/// how weights are selected, and records every cell while its first words go through: from its
/// first weight-load cycle, or 32 clocks before its first word, to the last of these words'
/// results. Requires: bit-serial cells, `images` is a batch of raw images, config.cross_layer is
/// not set. Errors: those of tiling::make_schedule.
[[nodiscard]] CellRecording record_cells(const QuantizedNetwork& network, const ArrayConfig& config,
                                         std::span<const std::uint8_t> images,
                                         const RecordOptions& options);

}  // namespace colcomb::simulation
