#include "colcomb/tiling/tile_clocks.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::tiling {
namespace {

Clock transfer_clocks(std::uint64_t bytes, std::size_t bytes_per_clock) {
  return static_cast<Clock>(ceil_divide(bytes, bytes_per_clock));
}

Clock words_of(const Tile& tile) {
  return static_cast<Clock>(tile.words);
}

}  // namespace

TileClocks::TileClocks(const NetworkDescription& network, const ArrayConfig& config,
                       const TileProgram& program)
    : network_(network), config_(config), program_(program) {
  COLCOMB_CHECK(program.slots >= 1 && program.slots <= slots_.size(), "one or two slots");
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    waits_for_dram_.push_back(reads_map_in_dram(network, program, layer) ? 1 : 0);
  }
}

Clock TileClocks::dram_time(const Tile& tile, bool first_of_layer) {
  Slot& mine = slot(0);
  std::uint64_t bytes = tile.weight_bytes + tile.input_bytes;
  if (executed_ == 0) bytes += program_.initial_weight_bytes;
  Clock free = mine.free;
  if (first_of_layer && waits_for_dram_[tile.layer] != 0) {
    free = latest_result_ + 1;
    for (Slot& each : slots_) {
      bytes += each.unwritten;
      each.unwritten = 0;
    }
  } else {
    bytes += mine.unwritten;
    mine.unwritten = 0;
  }
  if (bytes == 0) return before_.dram;
  return std::max(before_.dram, free) + transfer_clocks(bytes, config_.dram_bytes_per_clock);
}

Clock TileClocks::load_time(Clock dram) const {
  if (executed_ == 0) return dram;
  if (config_.double_buffering) return std::max(dram, before_.begin);
  const Tile& before = program_.tiles[(position_ == 0 ? program_.tiles.size() : position_) - 1];
  return std::max(dram, before_.begin + before.interval * (words_of(before) - 1) +
                            static_cast<Clock>(config_.data_clocks()));
}

Clock TileClocks::dependency(const Tile& tile, bool first_of_layer) const {
  if (!tile.first) {
    const Clock slower = Clock{program_.tiles[position_ - 1].interval} - Clock{tile.interval};
    return before_.begin + static_cast<Clock>(config_.columns + config_.word_clocks()) +
           kEdgeLatency + (words_of(tile) - 1) * std::max<Clock>(0, slower);
  }
  if (!first_of_layer || tile.layer == 0) return kNever;
  return layer_before_result_ + kEdgeLatency +
         (network_.is_classifier(tile.layer) ? kPoolingLatency : 0);
}

TileTimes TileClocks::next() {
  const Tile& tile = program_.tiles[position_];
  const bool first_of_layer = position_ == 0 || program_.tiles[position_ - 1].layer != tile.layer;
  if (first_of_layer) {
    layer_before_result_ = layer_result_;
    layer_result_ = kNever;
  }
  TileTimes times;
  times.dram = dram_time(tile, first_of_layer);
  times.ready = load_time(times.dram) + static_cast<Clock>(tile.rows * config_.load_clocks()) + 1;
  times.begin = std::max(
      {before_.end, times.ready, times.dram + kEdgeLatency - 1, dependency(tile, first_of_layer)});
  times.end = times.begin + tile.interval * words_of(tile);
  times.last_result = times.end - tile.interval +
                      static_cast<Clock>(config_.columns + tile.rows - 1 + config_.word_clocks());
  latest_result_ = std::max(latest_result_, times.last_result);
  layer_result_ = std::max(layer_result_, times.last_result);
  slot(0) = {tile.output_bytes > 0 ? times.last_result + 1 : times.end, tile.output_bytes};
  before_ = times;
  ++executed_;
  position_ = (position_ + 1) % program_.tiles.size();
  return times;
}

std::vector<Clock> TileClocks::state() const {
  COLCOMB_CHECK(position_ == 0, "states are taken between batches");
  std::vector<Clock> state = {before_.dram, before_.begin, before_.end, latest_result_};
  for (std::uint64_t i = 0; i < program_.slots; ++i)
    state.push_back(slots_[(executed_ + i) % program_.slots].free);
  return state;
}

void TileClocks::set_state(const std::vector<Clock>& state) {
  COLCOMB_CHECK(position_ == 0 && state.size() == 4 + program_.slots, "the state is another's");
  before_.dram = state[0];
  before_.begin = state[1];
  before_.end = state[2];
  latest_result_ = state[3];
  for (std::uint64_t i = 0; i < program_.slots; ++i) slot(i).free = state[4 + i];
}

}  // namespace colcomb::tiling
