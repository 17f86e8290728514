#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {

// What validate(TileProgram) consists of, in its order: each function takes for granted what those
// before it have checked. Errors: as validate.

/// Image, layers, and what the schedule says of them.
void validate_layers(const TileProgram& program, const std::string& where);
/// External memory, slots, sizes of the descriptor vectors.
void validate_memory(const TileProgram& program, const std::string& where);
/// Each tile: its part of its layer, its clocks, its place in the order, its ranges of descriptors.
void validate_tiles(const TileProgram& program, const std::string& where);
/// Where a tile's words read and write in the banks.
void validate_addresses(const TileProgram& program, const std::string& where);
/// What moves between DRAM and buffers.
void validate_transfers(const TileProgram& program, const std::string& where);
/// Codes in the weight image.
void validate_weights(const TileProgram& program, const std::string& where);

/// A part of a program, e.g. "tile 3", whose fields keep rules.
class ProgramPart {
 public:
  ProgramPart(const std::string& where, std::string part) : where_(where), part_(std::move(part)) {}

  /// Errors: UserError naming part, field and value unless the rule holds.
  template <class Value>
  void require(bool holds, const char* field, const Value& value, const char* rule) const {
    if (!holds) [[unlikely]]
      fail(field, fmt::format("{}", value), rule);
  }
  [[noreturn]] void fail(const char* field, std::string value, std::string rule) const {
    throw file_error(where_, part_.empty() ? field : part_ + ": " + field, std::move(value),
                     std::move(rule));
  }

 private:
  const std::string& where_;
  std::string part_;
};

/// [begin, end)
struct ByteSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t size() const { return end - begin; }
  /// Whether it holds the `bytes` from `at` on, whatever these are.
  [[nodiscard]] bool holds(std::uint64_t at, std::uint64_t bytes) const {
    return bytes <= size() && at >= begin && at - begin <= size() - bytes;
  }
};

[[nodiscard]] inline bool in_range(std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  return value >= least && value <= most;
}
[[nodiscard]] inline bool whole_bursts(const TileProgram& program, std::uint64_t bytes) {
  return bytes % program.array.dram_burst_bytes == 0;
}
[[nodiscard]] inline std::uint64_t in_bursts(const TileProgram& program, std::uint64_t bytes) {
  const std::uint64_t burst = program.array.dram_burst_bytes;
  return ceil_divide(bytes, burst) * burst;
}
/// Bytes of a value of the layer's results.
[[nodiscard]] inline std::uint64_t value_bytes(const LayerSetup& layer) {
  return layer.role == LayerRole::kClassifier ? 4 : 1;
}
/// Words of a batch, and pixels of the output map that they complete.
[[nodiscard]] inline std::uint64_t words_of(const TileProgram& program, const LayerSetup& layer) {
  return program.array.batch * std::uint64_t{layer.words().words()};
}
[[nodiscard]] inline std::uint64_t outputs_of(const TileProgram& program, const LayerSetup& layer) {
  return program.array.batch * std::uint64_t{layer.words().outputs()};
}
/// Output pixels that the first `words` words of a batch complete.
[[nodiscard]] inline std::uint64_t complete_before(const LayerSetup& layer, std::uint64_t words) {
  const WordGrid grid = layer.words();
  return words / grid.words() * grid.outputs() + grid.complete_before(words % grid.words());
}
/// Rows of a bus that a tile of `rows` rows uses.
[[nodiscard]] inline std::uint64_t bus_rows(const TileProgram& program, std::uint64_t rows) {
  return std::min<std::uint64_t>(program.array.rows_per_bus(), rows);
}
/// Bytes in DRAM of all output planes of a layer.
[[nodiscard]] inline std::uint64_t result_bytes(const TileProgram& program,
                                                const LayerSetup& layer) {
  return layer.filters * in_bursts(program, value_bytes(layer) * outputs_of(program, layer));
}
/// Where in DRAM the output map of a hidden layer lies. Requires: it does.
[[nodiscard]] inline ByteSpan map_span(const TileProgram& program, std::size_t layer) {
  const std::uint64_t begin = program.memory.maps[layer];
  return {begin, begin + result_bytes(program, program.layers[layer])};
}
/// Images and logits of batch 0.
[[nodiscard]] inline ByteSpan images_span(const TileProgram& program) {
  return {program.memory.batches, program.memory.batches + program.memory.logits};
}
[[nodiscard]] inline ByteSpan logits_span(const TileProgram& program) {
  return {program.memory.batches + program.memory.logits,
          program.memory.batches + program.memory.batch_bytes};
}
/// Slot 0 of the input buffer's blocks.
[[nodiscard]] inline ByteSpan block_slot(const TileProgram& program) {
  const std::uint64_t begin = 2 * program.slots.images;
  return {begin, begin + program.slots.input};
}

}  // namespace colcomb
