#include "colcomb/tiling/tile_activity.hpp"

namespace colcomb::tiling {

ActivityCount tile_activity(const Tile& tile, const ArrayConfig& config, const TileFacts& facts) {
  const std::uint64_t results = tile.rows * tile.words;
  const std::uint64_t partial_sums = results * (config.accumulation_bits / 8);
  ActivityCount count;
  count.tiles = 1;
  count.input_words = tile.words;
  count.useful_macs = tile.nonzeros * tile.words;
  count.wasted_macs = (config.rows * config.columns - tile.nonzeros) * tile.words;
  count.data_read_bytes = tile.reads;
  count.data_write_bytes = tile.writes;
  const std::uint64_t outputs = tile.rows * tile.outputs;
  if (tile.last && facts.to_dram) count.output_write_bytes = (facts.classifier ? 4 : 1) * outputs;
  if (tile.last && facts.kept) count.residual_write_bytes = outputs;
  if (tile.first) count.residual_read_bytes = facts.residual_rows * tile.words;
  count.partial_sum_read_bytes = tile.first ? 0 : partial_sums;
  count.partial_sum_write_bytes = tile.last ? 0 : partial_sums;
  count.weight_load_bits = tile.rows * config.columns * config.weight_bits();
  count.dram_read_bytes = tile.weight_bytes + tile.input_bytes;
  count.dram_write_bytes = tile.output_bytes;
  if (tile.last && facts.table) count.table_read_bytes = results;
  return count;
}

}  // namespace colcomb::tiling
