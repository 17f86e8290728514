#include "colcomb/tiling/tile_clocks.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::tiling {
namespace {

Clock words_of(const Tile& tile) {
  return static_cast<Clock>(tile.words);
}

}  // namespace

TileClocks::TileClocks(const ArrayConfig& config, const Schedule& schedule)
    : config_(config), schedule_(schedule) {
  COLCOMB_CHECK(schedule.slots >= 1 && schedule.slots <= slots_.size(), "one or two slots");
}

/// Writes go first; reads pay the latency once.
Clock TileClocks::dram_time(const Tile& tile, bool first_of_layer) {
  Slot& mine = slot(0);
  std::uint64_t reads = tile.weight_bytes + tile.input_bytes;
  if (executed_ == 0) reads += schedule_.initial_weight_bytes;
  std::uint64_t writes = 0;
  Clock free = mine.free;
  if (first_of_layer && schedule_.waits_for_dram[tile.layer] != 0) {
    free = before_.done;
    for (Slot& each : slots_) {
      writes += each.unwritten;
      each.unwritten = 0;
    }
  } else {
    writes = mine.unwritten;
    mine.unwritten = 0;
  }
  transfer_begin_ = before_.dram;
  if (reads + writes == 0) return before_.dram;
  const auto moved = static_cast<Clock>((reads + writes) / config_.dram_bytes_per_clock);
  const Clock latency = reads > 0 ? static_cast<Clock>(config_.dram_latency) : 0;
  transfer_begin_ = std::max(before_.dram, free);
  return transfer_begin_ + latency + moved;
}

Clock TileClocks::load_time(Clock dram) const {
  if (executed_ == 0) return dram + kLoadLead;
  const Clock free = config_.double_buffering
                         ? before_.begin
                         : before_.last_word + static_cast<Clock>(config_.data_clocks());
  return std::max(dram + kLoadLead, free);
}

Clock TileClocks::dependency(const Tile& tile, bool first_of_layer) const {
  if (!tile.first) {
    const Clock slower = Clock{tile_before().interval} - Clock{tile.interval};
    return before_.begin + static_cast<Clock>(config_.columns + config_.word_clocks()) +
           kPartialSumLead + (words_of(tile) - 1) * std::max<Clock>(0, slower);
  }
  if (!first_of_layer || tile.layer == 0) return kNever;
  if (schedule_.overlaps(tile.layer))
    return before_.begin + static_cast<Clock>(schedule_.layer_waits[tile.layer]);
  return before_.done + tile.read_clocks + kReadLead;
}

TileTimes TileClocks::next() {
  const Tile& tile = schedule_.tiles[position_];
  const bool first_of_layer = position_ == 0 || tile_before().layer != tile.layer;
  const Clock lead = tile.read_clocks + kReadLead;
  TileTimes times;
  times.dram = dram_time(tile, first_of_layer);
  times.load = load_time(times.dram);
  times.ready = times.load - kLoadLead + send_after_load(tile, config_) + lead;
  times.begin = std::max(times.ready, dependency(tile, first_of_layer));
  if (executed_ > 0)
    times.begin = std::max({times.begin, before_.end, before_.last_word + tile.read_clocks});
  times.last_word = times.begin + tile.interval * (words_of(tile) - 1);
  times.end = times.last_word + tile.interval;
  times.last_result = times.last_word + array_latency(config_);
  times.done = times.last_result + done_latency(tile, schedule_.pooling_clocks[tile.layer]);
  slot(0) = {tile.output_bytes > 0 ? times.done : times.last_word + read_latency(config_),
             tile.output_bytes};
  before_ = times;
  ++executed_;
  position_ = (position_ + 1) % schedule_.tiles.size();
  return times;
}

std::vector<Clock> TileClocks::state() const {
  COLCOMB_CHECK(position_ == 0, "states are taken between batches");
  std::vector<Clock> state = {before_.dram, before_.begin, before_.last_word, before_.end,
                              before_.done};
  for (std::uint64_t i = 0; i < schedule_.slots; ++i)
    state.push_back(slots_[(executed_ + i) % schedule_.slots].free);
  return state;
}

void TileClocks::set_state(const std::vector<Clock>& state) {
  COLCOMB_CHECK(position_ == 0 && state.size() == 5 + schedule_.slots, "the state is another's");
  before_.dram = state[0];
  before_.begin = state[1];
  before_.last_word = state[2];
  before_.end = state[3];
  before_.done = state[4];
  for (std::uint64_t i = 0; i < schedule_.slots; ++i) slot(i).free = state[5 + i];
}

}  // namespace colcomb::tiling
