#include "colcomb/simulation/layered.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/activity.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/tile_clocks.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {
namespace {

/// Charges the clocks from the end of the tile before to the end of this one.
void charge(const TileTimes& times, std::uint64_t end_before, const Tile& tile,
            std::uint64_t word_interval, CycleCount& cycles, CycleCount& before) {
  const std::uint64_t there = std::max(end_before, times.memory);
  const std::uint64_t loaded = std::max(there, times.ready);
  const std::uint64_t rest = times.begin - loaded;
  const std::uint64_t fill = std::min(rest, kEdgeLatency);
  cycles.stall += there - end_before + (tile.interval - word_interval) * tile.words;
  cycles.weight_load += loaded - there;
  cycles.fill += fill;
  before.drain += rest - fill;
  cycles.compute += word_interval * tile.words;
}

/// The difference of two successive ends once batches leave equal states.
std::uint64_t steady_interval(const QuantizedNetwork& network, const ArrayConfig& config,
                              const TileProgram& program) {
  // Batches settle as soon as the slots have been round, in two or three; a machine that does not
  // would contradict the recurrence.
  constexpr std::size_t kMostBatches = 1000;
  TileClocks clocks(network.description, config, program);
  std::vector<std::int64_t> state_before;
  std::uint64_t end_before = 0;
  for (std::size_t batch = 0; batch < kMostBatches; ++batch) {
    std::uint64_t end = 0;
    for (std::size_t t = 0; t < program.tiles.size(); ++t)
      end = std::max(end, clocks.next().last_result + 1);
    std::vector<std::int64_t> state = clocks.state();
    if (state == state_before) return end - end_before;
    state_before = std::move(state);
    end_before = end;
  }
  COLCOMB_CHECK(false, "the interval between batches does not settle");
}

}  // namespace

SimulationResult count_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                               std::uint64_t images) {
  COLCOMB_CHECK(images > 0 && images % config.batch == 0, "images must be whole batches");
  const TileProgram program = tiling::make_program(network, config);
  SimulationResult result = describe_layered(network, config, program);
  result.images = images;
  TileClocks clocks(network.description, config, program);
  std::uint64_t end_before = 0;
  std::uint64_t run_end = 0;
  SimulatedPart* before = &result.tiles.front();
  for (std::uint64_t batch = 0; batch < images / config.batch; ++batch) {
    for (std::size_t t = 0; t < program.tiles.size(); ++t) {
      const Tile& tile = program.tiles[t];
      SimulatedPart& part = result.tiles[t];
      const TileTimes times = clocks.next();
      charge(times, end_before, tile, config.word_interval(), part.cycles, before->cycles);
      part.activity += tile_activity(tile, network.description, config);
      end_before = times.end;
      run_end = std::max(run_end, times.last_result + 1);
      before = &part;
    }
    if (batch == 0) result.latency = run_end;
  }
  before->cycles.drain += std::max(run_end, end_before) - end_before;
  result.tiles.front().activity.memory_read_bytes += program.initial_weight_bytes;
  result.interval = steady_interval(network, config, program);
  complete_layered(result, program);
  return result;
}

}  // namespace colcomb::simulation
