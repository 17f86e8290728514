#include "colcomb/simulation/activity.hpp"

#include <algorithm>

#include "colcomb/tiling/schedule.hpp"

namespace colcomb::simulation {

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
  return count;
}

ActivityCount pipelined_activity(const QuantizedNetwork& network, const tiling::Pipeline& pipeline,
                                 std::size_t layer, std::uint64_t images) {
  const tiling::Stage& stage = pipeline.stages[layer];
  const ArrayConfig& array = stage.program.array;
  const Tile& tile = stage.program.schedule.tiles.front();
  TileFacts facts;
  facts.residual_rows = tiling::residual_rows(network.description, layer, 0, array.rows);
  ActivityCount count;
  const ActivityCount image = tile_activity(tile, array, facts);
  for (const ActivityCounter& counter : activity_counters())
    count.*counter.count = images * image.*counter.count;
  for (const std::size_t reader : stage.readers) {
    const std::size_t rows = pipeline.stages[reader].program.array.rows;
    count.residual_write_bytes +=
        images * tile.outputs * tiling::residual_rows(network.description, reader, 0, rows);
  }
  if (network.is_classifier(layer)) count.dram_write_bytes = 4 * tile.rows * tile.words * images;
  count.weight_load_bits = array.rows * array.columns * array.weight_bits();
  count.dram_read_bytes = stage.program.weights.size();
  if (layer == 0) count.dram_read_bytes += images * pipeline.image_bytes();
  return count;
}

}  // namespace colcomb::simulation
