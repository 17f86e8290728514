#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::tiling {

/// Clocks from 0; signed, so that a state may lie before it.
using Clock = std::int64_t;

/// When things happen to one executed tile.
struct TileTimes {
  Clock dram = 0;         // M: all it needs from DRAM is there
  Clock ready = 0;        // its weights are in the array
  Clock begin = 0;        // B: its first bit is at cell (0, 0)
  Clock end = 0;          // F: the end of its words
  Clock last_result = 0;  // write of the last row's last word

  bool operator==(const TileTimes&) const = default;
};

/// The recurrence of docs/reference/cycle-model.md, "Time, layer after layer": one executed tile
/// after the other, batch after batch without end.
class TileClocks {
 public:
  /// Stands for "no such clock" where maxima are taken.
  static constexpr Clock kNever = -(Clock{1} << 60U);

  /// The arguments must outlive the object.
  TileClocks(const NetworkDescription& network, const ArrayConfig& config,
             const TileProgram& program);

  /// Times of the next executed tile.
  TileTimes next();

  /// The clocks that the future depends on, each a maximum of sums of earlier ones and constants:
  /// M, B and F of the last tile, the latest result, the slots' free clocks in the order of use.
  /// Requires: between batches.
  [[nodiscard]] std::vector<Clock> state() const;
  void set_state(const std::vector<Clock>& state);

 private:
  /// One of the buffers' slots.
  struct Slot {
    Clock free = 0;
    std::uint64_t unwritten = 0;  // bytes of its tile's outputs
  };

  [[nodiscard]] Clock dram_time(const Tile& tile, bool first_of_layer);
  [[nodiscard]] Clock load_time(Clock dram) const;
  [[nodiscard]] Clock dependency(const Tile& tile, bool first_of_layer) const;
  [[nodiscard]] Slot& slot(std::uint64_t ahead) {
    return slots_[(executed_ + ahead) % program_.slots];
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  const TileProgram& program_;
  std::vector<std::uint8_t> waits_for_dram_;  // per layer: it reads a map in DRAM
  std::size_t position_ = 0;                  // in the program
  std::uint64_t executed_ = 0;
  TileTimes before_;
  std::array<Slot, 2> slots_{};
  Clock latest_result_ = 0;        // of all tiles so far
  Clock layer_result_ = 0;         // of the current layer's tiles in this batch
  Clock layer_before_result_ = 0;  // of the layer before, in this batch
};

}  // namespace colcomb::tiling
