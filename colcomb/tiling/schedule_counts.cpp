#include "colcomb/tiling/schedule_counts.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/packed_shape.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/steady_interval.hpp"
#include "colcomb/tiling/table_memory.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::tiling {
namespace {

/// Charges the clocks from the end of the tile before to the end of this one.
void charge(const TileTimes& times, Clock end_before, const Tile& tile, std::uint64_t word_interval,
            CycleCount& cycles, CycleCount& before) {
  const Clock there = std::max(end_before, times.dram);
  const Clock loaded = std::max(there, times.ready);
  const Clock rest = times.begin - loaded;
  const Clock fill = std::min<Clock>(rest, tile.read_clocks + kReadLead);
  cycles.stall +=
      static_cast<std::uint64_t>(there - end_before) + (tile.interval - word_interval) * tile.words;
  cycles.weight_load += static_cast<std::uint64_t>(loaded - there);
  cycles.fill += static_cast<std::uint64_t>(fill);
  before.drain += static_cast<std::uint64_t>(rest - fill);
  cycles.compute += word_interval * tile.words;
}

}  // namespace

SimulationResult describe_schedule(const NetworkDescription& network, const ArrayConfig& config,
                                   const Schedule& schedule) {
  SimulationResult result;
  result.config = config;
  result.total.name = "network";
  const std::uint64_t array_cells = config.rows * config.columns;
  TableMemory tables(config);
  for (const LayerDescription& layer : network.all()) {
    SimulatedPart& part = result.layers.emplace_back();
    part.name = layer.name;
    part.rows = layer.out_channels;
    part.fixed = layer.fixed;
    if (layer.activation)
      part.table_bytes = tables.add(all_bytes_of(*layer.activation), layer.out_channels);
    part.array_cells = array_cells;
  }
  result.total.array_cells = array_cells;
  for (std::uint32_t t = 0; t < schedule.tiles.size(); ++t) {
    const Tile& tile = schedule.tiles[t];
    SimulatedPart& layer = result.layers[tile.layer];
    SimulatedPart part;
    part.name = layer.name;
    part.tile = t;
    part.rows = tile.rows;
    part.groups = tile.groups;
    part.array_cells = part.cells = array_cells;
    part.nonzeros = tile.nonzeros;
    for (SimulatedPart* sum : {&layer, &result.total}) {
      sum->cells += part.cells;
      sum->nonzeros += part.nonzeros;
    }
    if (tile.row_begin == 0 && tile.word_begin == 0) layer.groups += tile.groups;
    result.tiles.push_back(std::move(part));
  }
  return result;
}

std::vector<TileFacts> facts_of(const NetworkDescription& network, const Schedule& schedule) {
  std::vector<TileFacts> facts;
  for (const Tile& tile : schedule.tiles) {
    const bool classifier = network.is_classifier(tile.layer);
    facts.push_back({classifier, classifier || schedule.output_in_dram[tile.layer] != 0,
                     schedule.residual_kept[tile.layer] != 0,
                     residual_rows(network, tile.layer, tile.row_begin, tile.rows),
                     network.layer(tile.layer).activation.has_value()});
  }
  return facts;
}

void count_tiles(SimulationResult& result, const Schedule& schedule, std::uint64_t images,
                 const std::vector<TileFacts>& facts) {
  const ArrayConfig& config = result.config;
  COLCOMB_CHECK(images > 0 && images % config.batch == 0, "images must be whole batches");
  result.engine = "fast";
  result.images = images;
  TileClocks clocks(config, schedule);
  Clock end_before = 0;
  Clock run_end = 0;
  SimulatedPart* before = &result.tiles.front();
  for (std::uint64_t batch = 0; batch < images / config.batch; ++batch) {
    for (std::size_t t = 0; t < schedule.tiles.size(); ++t) {
      const Tile& tile = schedule.tiles[t];
      SimulatedPart& part = result.tiles[t];
      const TileTimes times = clocks.next();
      charge(times, end_before, tile, config.word_interval(), part.cycles, before->cycles);
      part.activity += tile_activity(tile, config, facts[t]);
      end_before = times.end;
      run_end = std::max(run_end, times.last_result + 1);
      before = &part;
    }
    if (batch == 0) result.latency = static_cast<std::uint64_t>(run_end);
  }
  before->cycles.drain += static_cast<std::uint64_t>(std::max<Clock>(0, run_end - end_before));
  result.tiles.front().activity.dram_read_bytes += schedule.initial_weight_bytes;
  result.interval = steady_interval(config, schedule);
}

void sum_tiles(SimulationResult& result, const Schedule& schedule) {
  for (std::size_t t = 0; t < schedule.tiles.size(); ++t) {
    SimulatedPart& layer = result.layers[schedule.tiles[t].layer];
    layer.cycles += result.tiles[t].cycles;
    layer.activity += result.tiles[t].activity;
  }
  for (const SimulatedPart& layer : result.layers) {
    result.total.cycles += layer.cycles;
    result.total.activity += layer.activity;
  }
}

SimulationResult planned_counts(const NetworkDescription& network, const ArrayConfig& config,
                                const std::vector<std::size_t>& groups, std::uint64_t images) {
  COLCOMB_CHECK(!config.cross_layer, "with cross_layer every layer has an array of its own");
  const Schedule schedule = make_schedule(network, planned_shapes(network, config, groups), config);
  SimulationResult result = describe_schedule(network, config, schedule);
  count_tiles(result, schedule, images, facts_of(network, schedule));
  sum_tiles(result, schedule);
  return result;
}

}  // namespace colcomb::tiling
