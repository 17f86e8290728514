#include "colcomb/simulation/tile_clocks.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {
namespace {

std::uint64_t ceil_divide(std::uint64_t dividend, std::uint64_t divisor) {
  return (dividend + divisor - 1) / divisor;
}

}  // namespace

TileClocks::TileClocks(const NetworkDescription& network, const ArrayConfig& config,
                       const TileProgram& program)
    : network_(network), config_(config), program_(program) {
  COLCOMB_CHECK(program.slots >= 1 && program.slots <= slots_.size(), "one or two slots");
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    waits_for_memory_.push_back(tiling::reads_map_in_memory(network, program, layer) ? 1 : 0);
  }
}

std::uint64_t TileClocks::memory_time(const Tile& tile, bool first_of_layer) {
  Slot& slot = slots_[executed_ % program_.slots];
  std::uint64_t bytes = tile.weight_bytes + tile.input_bytes;
  if (executed_ == 0) bytes += program_.initial_weight_bytes;
  std::uint64_t free = slot.free;
  if (first_of_layer && waits_for_memory_[tile.layer] != 0) {
    free = latest_result_ + 1;
    for (Slot& each : slots_) {
      bytes += each.unwritten;
      each.unwritten = 0;
    }
  } else {
    bytes += slot.unwritten;
    slot.unwritten = 0;
  }
  if (bytes == 0) return before_.memory;
  return std::max(before_.memory, free) + ceil_divide(bytes, config_.bytes_per_clock);
}

std::uint64_t TileClocks::load_time(std::uint64_t memory) const {
  if (executed_ == 0) return memory;
  if (config_.double_buffering) return std::max(memory, before_.begin);
  const Tile& before = program_.tiles[(position_ == 0 ? program_.tiles.size() : position_) - 1];
  return std::max(memory,
                  before_.begin + before.interval * (before.words - 1) + config_.data_clocks());
}

std::uint64_t TileClocks::dependency(const Tile& tile, bool first_of_layer) const {
  if (!tile.first) {
    const Tile& before = program_.tiles[position_ - 1];
    const std::uint64_t slower =
        before.interval > tile.interval ? before.interval - tile.interval : 0;
    return before_.begin + config_.columns + config_.word_clocks() + kEdgeLatency +
           (tile.words - 1) * slower;
  }
  if (!first_of_layer || tile.layer == 0) return 0;
  const bool linear = network_.layers[tile.layer].kind == LayerKind::kLinear;
  return layer_before_result_ + kEdgeLatency + (linear ? kPoolingLatency : 0);
}

TileTimes TileClocks::next() {
  const Tile& tile = program_.tiles[position_];
  const bool first_of_layer = position_ == 0 || program_.tiles[position_ - 1].layer != tile.layer;
  if (first_of_layer) {
    layer_before_result_ = layer_result_;
    layer_result_ = 0;
  }
  TileTimes times;
  times.memory = memory_time(tile, first_of_layer);
  times.ready = load_time(times.memory) + tile.rows * config_.load_clocks() + 1;
  times.begin = std::max({before_.end, times.ready, times.memory + kEdgeLatency - 1,
                          dependency(tile, first_of_layer)});
  times.end = times.begin + tile.interval * tile.words;
  times.last_result = times.begin + tile.interval * (tile.words - 1) + config_.columns + tile.rows -
                      1 + config_.word_clocks();
  latest_result_ = std::max(latest_result_, times.last_result);
  layer_result_ = std::max(layer_result_, times.last_result);
  slots_[executed_ % program_.slots] = {tile.output_bytes > 0 ? times.last_result + 1 : times.end,
                                        tile.output_bytes};
  before_ = times;
  ++executed_;
  position_ = (position_ + 1) % program_.tiles.size();
  return times;
}

std::vector<std::int64_t> TileClocks::state() const {
  const auto relative = [this](std::uint64_t clock) {
    return static_cast<std::int64_t>(clock) - static_cast<std::int64_t>(before_.end);
  };
  std::vector<std::int64_t> state = {relative(before_.memory), relative(before_.begin),
                                     relative(latest_result_)};
  for (std::size_t i = 0; i < program_.slots; ++i) {
    const Slot& slot = slots_[(executed_ + i) % program_.slots];
    state.push_back(relative(slot.free));
    state.push_back(static_cast<std::int64_t>(slot.unwritten));
  }
  return state;
}

}  // namespace colcomb::simulation
