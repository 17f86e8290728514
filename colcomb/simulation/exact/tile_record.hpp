#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::simulation {

/// One executed tile: where it stands in the run, and the clocks of what has happened to it.
struct TileRecord {
  const Tile* tile = nullptr;
  std::uint64_t index = 0;     // j, counted on over the batches
  std::uint32_t position = 0;  // in the program
  std::uint64_t batch = 0;
  bool first_of_layer = false;
  std::uint64_t stage = 0;  // of its inputs in the data buffer, if they come from DRAM

  std::optional<std::uint64_t> dram;           // first clock with all it needs from DRAM there
  std::optional<std::uint64_t> load;           // first weight-load cycle at cell (0, 0)
  std::optional<std::uint64_t> begin;          // first bit at cell (0, 0)
  std::optional<std::uint64_t> last_word;      // first bit of the last word
  std::optional<std::uint64_t> first_partial;  // write of the first partial sum
  std::optional<std::uint64_t> last_result;    // write of the last row's last word
  ActivityCount activity;
};

/// Something registered in an earlier clock: what a block may know in clock `now`.
[[nodiscard]] inline bool seen(const std::optional<std::uint64_t>& event, std::uint64_t now) {
  return event && *event < now;
}

/// The executed tiles in order, made as the blocks come to them.
class TileRecords {
 public:
  TileRecords(const TileProgram& program, TileOrder order) : program_(program), order_(order) {}

  [[nodiscard]] TileRecord& operator[](std::uint64_t index) {
    while (records_.size() <= index) append();
    return records_[index];
  }
  [[nodiscard]] const TileProgram& program() const { return program_; }

 private:
  void append() {
    TileRecord record;
    record.index = records_.size();
    record.position = static_cast<std::uint32_t>(record.index % program_.tiles.size());
    record.batch = record.index / program_.tiles.size();
    record.tile = &program_.tiles[record.position];
    const Tile* before = record.position == 0 ? nullptr : &program_.tiles[record.position - 1];
    record.first_of_layer = before == nullptr || before->layer != record.tile->layer;
    const bool same_block = !record.first_of_layer && before->word_begin == record.tile->word_begin;
    // Output-major, all tiles of a block share what its first one had read.
    const bool shares = order_ == TileOrder::kOutputMajor && same_block;
    record.stage = shares ? records_.back().stage : next_stage_++;
    records_.push_back(record);
  }

  const TileProgram& program_;
  TileOrder order_;
  std::uint64_t next_stage_ = 1;
  std::deque<TileRecord> records_;
};

}  // namespace colcomb::simulation
