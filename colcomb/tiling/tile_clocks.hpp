#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb::tiling {

/// Clocks from 0; signed, so that a state may lie before it.
using Clock = std::int64_t;

/// When things happen to one executed tile.
struct TileTimes {
  Clock dram = 0;         // M: all it needs from DRAM is there
  Clock load = 0;         // its first weight-load cycle is at cell (0, 0)
  Clock ready = 0;        // its weights are in the array
  Clock begin = 0;        // B: its first bit is at cell (0, 0)
  Clock last_word = 0;    // the last word's first bit is there
  Clock end = 0;          // F: the end of its words
  Clock last_result = 0;  // the last row's last accumulation is whole
  Clock done = 0;         // the controller sees that all its results are written

  bool operator==(const TileTimes&) const = default;
};

/// The recurrence of docs/reference/cycle-model.md, "Time, layer after layer": one executed tile
/// after the other, batch after batch without end.
class TileClocks {
 public:
  /// Stands for "no such clock" where maxima are taken.
  static constexpr Clock kNever = -(Clock{1} << 60U);

  /// The arguments must outlive the object.
  TileClocks(const ArrayConfig& config, const Schedule& schedule);

  /// Times of the next executed tile.
  TileTimes next();
  /// When its transfers began; its `dram` where it had none.
  [[nodiscard]] Clock transfer_begin() const { return transfer_begin_; }

  /// The clocks that the future depends on, each a maximum of sums of earlier ones and constants:
  /// of the last tile, and the slots' free clocks in the order of use.
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
  [[nodiscard]] const Tile& tile_before() const {
    return schedule_.tiles[(position_ == 0 ? schedule_.tiles.size() : position_) - 1];
  }
  [[nodiscard]] Slot& slot(std::uint64_t ahead) {
    return slots_[(executed_ + ahead) % schedule_.slots];
  }

  const ArrayConfig& config_;
  const Schedule& schedule_;
  std::size_t position_ = 0;  // in the schedule
  std::uint64_t executed_ = 0;
  TileTimes before_;
  Clock transfer_begin_ = 0;
  std::array<Slot, 2> slots_{};
};

}  // namespace colcomb::tiling
