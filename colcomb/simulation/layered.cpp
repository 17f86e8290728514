#include "colcomb/simulation/layered.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/activity.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/steady_interval.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::simulation {
namespace {

using tiling::Clock;
using tiling::TileClocks;
using tiling::TileTimes;

/// Charges the clocks from the end of the tile before to the end of this one.
void charge(const TileTimes& times, Clock end_before, const Tile& tile, std::uint64_t word_interval,
            CycleCount& cycles, CycleCount& before) {
  const Clock there = std::max(end_before, times.dram);
  const Clock loaded = std::max(there, times.ready);
  const Clock rest = times.begin - loaded;
  const Clock fill = std::min<Clock>(rest, tile.read_clocks + tiling::kReadLead);
  cycles.stall +=
      static_cast<std::uint64_t>(there - end_before) + (tile.interval - word_interval) * tile.words;
  cycles.weight_load += static_cast<std::uint64_t>(loaded - there);
  cycles.fill += static_cast<std::uint64_t>(fill);
  before.drain += static_cast<std::uint64_t>(rest - fill);
  cycles.compute += word_interval * tile.words;
}

/// Counts `images` images into the described result's tiles, and finds latency and interval.
void count(SimulationResult& result, const Schedule& schedule, std::uint64_t images,
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
  result.interval = tiling::steady_interval(config, schedule);
}

}  // namespace

SimulationResult count_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                               std::uint64_t images) {
  const Schedule schedule = tiling::make_schedule(network, config);
  std::vector<TileFacts> facts;
  for (const Tile& tile : schedule.tiles) {
    const bool classifier = network.is_classifier(tile.layer);
    facts.push_back(
        {classifier, classifier || schedule.output_in_dram[tile.layer] != 0,
         schedule.residual_kept[tile.layer] != 0,
         tiling::residual_rows(network.description, tile.layer, tile.row_begin, tile.rows)});
  }
  SimulationResult result = describe_layered(network, config, schedule);
  count(result, schedule, images, facts);
  complete_layered(result, schedule);
  return result;
}

SimulationResult count_program(const TileProgram& program, std::uint64_t images) {
  std::vector<TileFacts> facts;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const LayerSetup& layer = program.layers[tile.layer];
    TileFacts& fact = facts.emplace_back();
    fact.classifier = layer.role == LayerRole::kClassifier;
    fact.to_dram = layer.to_dram;
    fact.kept = layer.keep;
    for (std::uint32_t r = 0; r < tile.rows; ++r)
      fact.residual_rows += program.rows[program.tiles[t].row_begin + r].has_residual ? 1 : 0;
  }
  SimulationResult result = describe_program(program);
  count(result, program.schedule, images, facts);
  complete_program(result, program.schedule);
  return result;
}

}  // namespace colcomb::simulation
