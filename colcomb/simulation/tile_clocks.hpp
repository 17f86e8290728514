#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::simulation {

/// E: clocks from a write to the first bit that depends on it.
inline constexpr std::uint64_t kEdgeLatency = 4;
/// Clocks from the last byte of a map to the pooled means.
inline constexpr std::uint64_t kPoolingLatency = 18;

/// When things happen to one executed tile, in clocks from 0.
struct TileTimes {
  std::uint64_t memory = 0;       // M: all it needs from memory is there
  std::uint64_t ready = 0;        // its weights are in the array
  std::uint64_t begin = 0;        // B: its first bit is at cell (0, 0)
  std::uint64_t end = 0;          // F: the end of its words
  std::uint64_t last_result = 0;  // write of the last row's last word

  bool operator==(const TileTimes&) const = default;
};

/// The recurrence of docs/reference/cycle-model.md, "Time, layer after layer": one executed tile
/// after the other, batch after batch without end.
class TileClocks {
 public:
  /// The arguments must outlive the object.
  TileClocks(const NetworkDescription& network, const ArrayConfig& config,
             const TileProgram& program);

  /// Times of the next executed tile.
  TileTimes next();

  /// What the future depends on, relative to the last tile's end. Two batches that leave equal
  /// states are followed by equal batches.
  [[nodiscard]] std::vector<std::int64_t> state() const;

 private:
  /// One of the buffers' slots.
  struct Slot {
    std::uint64_t free = 0;
    std::uint64_t unwritten = 0;  // bytes of its tile's outputs
  };

  [[nodiscard]] std::uint64_t memory_time(const Tile& tile, bool first_of_layer);
  [[nodiscard]] std::uint64_t load_time(std::uint64_t memory) const;
  [[nodiscard]] std::uint64_t dependency(const Tile& tile, bool first_of_layer) const;

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  const TileProgram& program_;
  std::vector<std::uint8_t> waits_for_memory_;  // per layer: it reads a map in memory
  std::size_t position_ = 0;                    // in the program
  std::uint64_t executed_ = 0;
  TileTimes before_;
  std::array<Slot, 2> slots_{};
  std::uint64_t latest_result_ = 0;        // of all tiles so far
  std::uint64_t layer_result_ = 0;         // of the current layer's tiles in this batch
  std::uint64_t layer_before_result_ = 0;  // of the layer before, in this batch
};

}  // namespace colcomb::simulation
