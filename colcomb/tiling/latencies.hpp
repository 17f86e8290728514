#pragma once

#include <algorithm>
#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb::tiling {

// Clocks between the blocks of docs/reference/cycle-model.md, "Blocks".

/// From a word's first bit in the array back to the controller's decision to send it: the register
/// of the decision, descriptor, address, bank, and Q - 1 clocks more for the last of its bytes.
inline constexpr std::int64_t kReadLead = 4;
/// From the decision to load weights to their first weight-load cycle: the register of the
/// decision, address, buffer.
inline constexpr std::int64_t kLoadLead = 3;
/// From a partial sum's result to the first bit of what is added to it: the register behind the
/// array, address, bank, serializer.
inline constexpr std::int64_t kPartialSumLead = 4;
/// Write clocks that pass anyway between the last word's results and a reader's first read.
inline constexpr std::int64_t kWriteLead = 3;

/// Clocks from a word's first bit in the array to its last row's result behind the ReLU and
/// quantization block: C columns, R rows, T, and the block's register.
[[nodiscard]] inline std::int64_t array_latency(const ArrayConfig& config) {
  return static_cast<std::int64_t>(config.columns + config.rows + config.word_clocks());
}

/// From the last row's last result to the clock in which the controller sees the tile as done: all
/// that it writes is there in time for a read that is decided then. `pooling_clocks`: the layer's.
[[nodiscard]] inline std::int64_t done_latency(const Tile& tile, std::uint32_t pooling_clocks) {
  return std::max<std::int64_t>(tile.write_clocks - kWriteLead, 0) + 1 + pooling_clocks;
}

/// From a tile's decided load to the first decision to send its words.
[[nodiscard]] inline std::int64_t send_after_load(const Tile& tile, const ArrayConfig& config) {
  const auto load = static_cast<std::int64_t>(tile.rows * config.load_clocks());
  return std::max<std::int64_t>(1, load + 1 + kLoadLead - tile.read_clocks - kReadLead);
}

/// From a word's first bit in the array until its last byte and partial sum have been read.
[[nodiscard]] inline std::int64_t read_latency(const ArrayConfig& config) {
  return static_cast<std::int64_t>(std::max(config.columns, config.rows)) - 2;
}

}  // namespace colcomb::tiling
