#include "colcomb/simulation/exact/dram_channel.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {

DramChannel::DramChannel(const QuantizedNetwork& network, const ArrayConfig& config,
                         TileRecords& records, Storage& storage)
    : network_(network), config_(config), records_(records), storage_(storage) {}

bool DramChannel::waits_for_results(const TileRecord& tile) const {
  return tile.first_of_layer &&
         tiling::reads_map_in_dram(network_.description, records_.program(), tile.tile->layer);
}

std::uint64_t DramChannel::bytes(TileRecord& tile) {
  const std::uint64_t slots = records_.program().slots;
  std::uint64_t sum = tile.tile->weight_bytes + tile.tile->input_bytes;
  if (tile.index == 0) sum += records_.program().initial_weight_bytes;
  const std::uint64_t end =
      waits_for_results(tile) ? tile.index : tile.index - std::min(tile.index, slots - 1);
  while (unwritten_ < end && records_[unwritten_].tile->output_bytes == 0) ++unwritten_;
  for (std::uint64_t i = unwritten_; i < end; ++i) sum += records_[i].tile->output_bytes;
  return sum;
}

bool DramChannel::may_begin(TileRecord& tile, std::uint64_t clock) {
  const std::uint64_t slots = records_.program().slots;
  if (waits_for_results(tile)) {
    for (std::uint64_t i = tile.index; i-- > 0;) {
      if (!seen(records_[i].last_result, clock)) return false;
      if (records_[i].batch + 1 < tile.batch) break;  // long done
    }
    return true;
  }
  if (tile.index < slots) return true;
  const TileRecord& before = records_[tile.index - slots];
  if (before.tile->output_bytes > 0) return seen(before.last_result, clock);
  return before.last_word && clock >= *before.last_word + before.tile->interval;
}

void DramChannel::write_back(TileRecord& tile) {
  const std::uint64_t moved = storage_.write_back(tile);
  COLCOMB_CHECK(moved == tile.tile->output_bytes, "a tile's outputs have other bytes than planned");
  tile.activity.dram_write_bytes += moved;
}

void DramChannel::finish(TileRecord& tile) {
  const std::uint64_t slots = records_.program().slots;
  const std::uint64_t end =
      waits_for_results(tile) ? tile.index : tile.index - std::min(tile.index, slots - 1);
  for (; unwritten_ < end; ++unwritten_) write_back(records_[unwritten_]);
  storage_.commit_dram();  // a transfer writes before it reads
  const std::uint64_t inputs = storage_.fetch_inputs(tile);
  COLCOMB_CHECK(inputs == tile.tile->input_bytes, "a tile's inputs have other bytes than planned");
  tile.activity.dram_read_bytes += inputs + tile.tile->weight_bytes;
  if (tile.index == 0) tile.activity.dram_read_bytes += records_.program().initial_weight_bytes;
}

void DramChannel::write_rest(std::uint64_t end) {
  for (; unwritten_ < end; ++unwritten_) write_back(records_[unwritten_]);
}

void DramChannel::compute(std::uint64_t clock) {
  if (left_ == 0) {
    // What needs nothing is there as soon as what comes before it. Every batch has logits to write,
    // so this ends.
    while (needed_ == 0) {
      needed_ = bytes(records_[next_]);
      if (needed_ > 0) break;
      records_[next_].dram = next_ == 0 ? 0 : *records_[next_ - 1].dram;
      ++next_;
    }
    if (!may_begin(records_[next_], clock)) return;
    left_ = needed_;
  }
  left_ -= std::min<std::uint64_t>(left_, config_.dram_bytes_per_clock);
  if (left_ > 0) return;
  finish(records_[next_]);
  records_[next_].dram = clock + 1;
  needed_ = 0;
  ++next_;
}

}  // namespace colcomb::simulation
