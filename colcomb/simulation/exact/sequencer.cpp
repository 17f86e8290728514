#include "colcomb/simulation/exact/sequencer.hpp"

#include <algorithm>

namespace colcomb::simulation {

Sequencer::Sequencer(const QuantizedNetwork& network, const ArrayConfig& config,
                     TileRecords& records, std::uint64_t pooled_bytes)
    : network_(network), config_(config), records_(records), pooled_bytes_(pooled_bytes) {}

std::uint64_t Sequencer::load_cycles(const TileRecord& tile) const {
  return tile.tile->rows * config_.load_clocks();
}

/// Weights may enter once the swap has taken the ones before; without a second register, once the
/// last word's bits are out of the lines.
bool Sequencer::may_load(TileRecord& tile, std::uint64_t clock) {
  if (!tile.dram || clock < *tile.dram) return false;
  if (tile.index == 0) return true;
  const TileRecord& before = records_[tile.index - 1];
  if (config_.double_buffering) return before.begin && clock >= *before.begin;
  return before.last_word && clock >= *before.last_word + config_.data_clocks();
}

std::optional<std::uint64_t> Sequencer::begin_load(std::uint64_t clock) {
  TileRecord& tile = records_[loading_];
  if (!may_load(tile, clock)) return std::nullopt;
  tile.load = clock;
  return loading_++;
}

/// Whether the last weight-load cycle enters before the swap, two clocks from now: as the
/// weight-load cycles left tell, or, if none has entered, they and the clocks until the lines or
/// registers are free.
bool Sequencer::loaded_in_time(TileRecord& tile, std::uint64_t clock) {
  constexpr std::uint64_t kSwap = kDecisionLead - 1;
  if (tile.load) {
    const std::uint64_t entered = clock - *tile.load;
    return load_cycles(tile) <= entered + kSwap;
  }
  for (std::uint64_t wait = 0; wait + load_cycles(tile) <= kSwap; ++wait) {
    if (may_load(tile, clock + wait)) return true;
  }
  return false;
}

/// Whether each word's partial sum will be there when it is read: the first must be, and where
/// words now follow each other faster than they did, the last one's lead must be made up for.
bool Sequencer::partial_sums_in_time(TileRecord& tile, std::uint64_t clock) {
  const TileRecord& before = records_[tile.index - 1];
  if (!before.first_partial) return false;
  const std::uint64_t slow = before.tile->interval;
  const std::uint64_t fast = std::min<std::uint64_t>(slow, tile.tile->interval);
  return clock > *before.first_partial + (tile.tile->words - 1) * (slow - fast);
}

bool Sequencer::layer_before_done(TileRecord& tile, std::uint64_t clock) {
  const std::uint32_t layer = tile.tile->layer;
  for (std::uint64_t i = tile.index; i-- > 0 && records_[i].tile->layer + 1 == layer;) {
    if (!seen(records_[i].last_result, clock)) return false;
  }
  if (!network_.is_classifier(layer)) return true;
  const std::uint64_t means = means_ - (mean_clock_ == clock ? means_ - means_seen_ : 0);
  return means >= (tile.batch + 1) * pooled_bytes_;
}

bool Sequencer::may_begin(TileRecord& tile, std::uint64_t clock) {
  if (!tile.dram || clock < *tile.dram || !loaded_in_time(tile, clock)) return false;
  if (!tile.tile->first) return partial_sums_in_time(tile, clock);
  return !tile.first_of_layer || tile.tile->layer == 0 || layer_before_done(tile, clock);
}

std::optional<WordToken> Sequencer::issue(std::uint64_t clock) {
  if (wait_ > 0) --wait_;
  if (wait_ > 0) return std::nullopt;
  TileRecord& tile = records_[tile_];
  if (word_ == 0 && !may_begin(tile, clock)) return std::nullopt;
  const WordToken token{clock, tile_, word_, word_ == 0};
  if (word_ == 0) tile.begin = clock + kDecisionLead;
  wait_ = tile.tile->interval;
  if (++word_ == tile.tile->words) {
    tile.last_word = clock + kDecisionLead;
    ++tile_;
    word_ = 0;
  }
  return token;
}

void Sequencer::pooled(std::uint64_t clock) {
  if (mean_clock_ != clock) {
    means_seen_ = means_;
    mean_clock_ = clock;
  }
  ++means_;
}

}  // namespace colcomb::simulation
