#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/tiling/packed_shape.hpp"

namespace colcomb::tiling {

/// Where maps lie between the layers. Images that layer 0 does not read block by block are whole in
/// the input buffer, two batches in turn, and leave room for a word's block of every other layer.
/// Addresses are byte addresses within a bank, the same in every bank of a buffer; they hold the
/// whole batch.
struct Placement {
  std::vector<std::uint8_t> input_in_dram;      // per layer: it reads its input block by block
  std::vector<std::uint8_t> output_in_dram;     // per layer: its output is written to DRAM
  std::vector<std::uint8_t> output_kept;        // per layer: its output is in the data buffer
  std::vector<std::uint8_t> residual_kept;      // per layer: its output is in the residual buffer
  std::vector<std::uint64_t> output_address;    // per layer, of its output in the data buffer
  std::vector<std::uint64_t> residual_address;  // per layer, of its output in the residual buffer
  std::uint64_t image_slot_bytes = 0;           // of an input bank: one batch; 0 if not whole
};

/// Whether all of a block's tiles share what its first one has read from DRAM; not in layers that
/// read several maps.
[[nodiscard]] inline bool shares_input(const ArrayConfig& config, const PackedShape& shape) {
  return config.order == TileOrder::kOutputMajor && shape.readers.empty();
}

/// Bytes of an input bank that the words [word_begin, word_begin + words) of a layer take where
/// they are read block by block: the most before any tile.
[[nodiscard]] std::uint64_t block_bank_bytes(const PackedShape& shape,
                                             const LayerDescription& description,
                                             const ArrayConfig& config, std::uint64_t word_begin,
                                             std::uint64_t words);

/// By the rules of docs/reference/cycle-model.md, "Tiles".
/// Errors: UserError where not even a batch's pooled bytes fit the data buffer.
[[nodiscard]] Placement place_maps(const NetworkDescription& network,
                                   const std::vector<PackedShape>& shapes,
                                   const ArrayConfig& config);

}  // namespace colcomb::tiling
