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

std::uint64_t pipelined_weight_bytes(const QuantizedLayer& layer, const ArrayConfig& config) {
  return (layer.weights.values.size() * config.weight_bits() + 7) / 8;
}

ActivityCount pipelined_activity(const QuantizedNetwork& network, const ArrayConfig& config,
                                 std::size_t layer, std::uint64_t images) {
  const QuantizedLayer& weights = network.layer(layer);
  const LayerDescription& description = network.description.layer(layer);
  const std::uint64_t rows = weights.weights.rows();
  const std::uint64_t cells = rows * std::max<std::size_t>(1, weights.weights.groups.size());
  const std::uint64_t nonzeros = count_nonzeros(weights.weights.values);
  const WordGrid grid = description.words();
  const std::uint64_t words = images * grid.words();
  ActivityCount count;
  count.tiles = images;
  count.input_words = words;
  count.useful_macs = nonzeros * words;
  count.wasted_macs = (cells - nonzeros) * words;
  for (const auto& group : weights.weights.groups.groups)
    count.data_read_bytes += group.size() * words;
  if (network.is_classifier(layer)) {
    count.dram_write_bytes = 4 * rows * words;
  } else {
    count.data_write_bytes = rows * images * grid.outputs();
  }
  count.residual_read_bytes = tiling::residual_rows(network.description, layer, 0, rows) * words;
  count.weight_load_bits = cells * config.weight_bits();
  count.dram_read_bytes = pipelined_weight_bytes(weights, config);
  if (layer == 0) count.dram_read_bytes += images * network.description.input.size();
  return count;
}

}  // namespace colcomb::simulation
