#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/simulation/exact/exact_run.hpp"
#include "colcomb/simulation/exact/layered_machine.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/tiling/program.hpp"
#include "colcomb/tiling/steady_interval.hpp"

namespace colcomb::simulation {
namespace {

/// End of the clocks that a tile's words take.
std::uint64_t end_of(const TileRecord& tile) {
  return *tile.last_word + tile.tile->interval;
}

/// First clock after all of a batch's results.
std::uint64_t batch_end(TileRecords& records, std::uint64_t batch) {
  const std::uint64_t tiles = records.program().tiles.size();
  std::uint64_t end = 0;
  for (std::uint64_t i = batch * tiles; i < (batch + 1) * tiles; ++i)
    end = std::max(end, *records[i].last_result + 1);
  return end;
}

/// Whether everything in `batch` happened as in the batch before, a constant time later. Then it
/// will again: nothing looks further back than one batch.
bool steady(TileRecords& records, std::uint64_t batch) {
  const std::uint64_t tiles = records.program().tiles.size();
  const std::uint64_t first = batch * tiles;
  const std::uint64_t shift = *records[first].begin - *records[first - tiles].begin;
  for (std::uint64_t i = first; i < first + tiles; ++i) {
    const TileRecord& now = records[i];
    const TileRecord& before = records[i - tiles];
    if (*now.dram != *before.dram + shift || *now.load != *before.load + shift ||
        *now.begin != *before.begin + shift || *now.last_result != *before.last_result + shift)
      return false;
  }
  return true;
}

/// The interval, where the run itself proves it. It may take thousands of batches to reach steady
/// state, too many for this engine, so elsewhere it is the recurrence's.
std::optional<std::uint64_t> proven_interval(LayeredMachine& machine, std::uint64_t batches) {
  for (std::uint64_t batch = 1; batch < batches; ++batch) {
    if (steady(machine.records(), batch))
      return batch_end(machine.records(), batch) - batch_end(machine.records(), batch - 1);
  }
  return std::nullopt;
}

/// Where the clocks between the tile before and this one went, as what came last tells.
void charge(const TileRecord& tile, std::uint64_t end_before, const ArrayConfig& config,
            CycleCount& cycles, CycleCount& cycles_before) {
  const std::uint64_t load_cycles = tile.tile->rows * config.load_clocks();
  const std::uint64_t swapped = *tile.load + load_cycles + 1;
  std::uint64_t fill = 0;
  for (std::uint64_t clock = end_before; clock < *tile.begin; ++clock) {
    if (clock < *tile.dram) {
      ++cycles.stall;
    } else if (clock < swapped) {
      ++cycles.weight_load;
    } else if (clock + kDecisionLead + 1 >= *tile.begin) {
      ++fill;
    } else {
      ++cycles_before.drain;
    }
  }
  cycles.fill += fill;
  const std::uint64_t interval = config.word_interval();
  cycles.compute += interval * tile.tile->words;
  cycles.stall += end_of(tile) - *tile.begin - interval * tile.tile->words;
}

}  // namespace

Simulation run_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::span<const std::uint8_t> images, const ExactOptions& options) {
  const TileProgram program = tiling::make_program(network, config);
  LayeredMachine machine(network, config, program, images, options.plain, options.probe);
  const InputDescription& input = network.description.input;
  const std::uint64_t count = images.size() / input.size();
  const std::uint64_t batches = count / config.batch;
  machine.run_batches(batches);
  Simulation simulation;
  SimulationResult& result = simulation.result;
  result = describe_layered(network, config, program);
  result.images = count;
  const auto proven = proven_interval(machine, batches);
  result.interval =
      proven ? *proven : tiling::steady_interval(network.description, config, program);
  machine.write_rest(batches);
  result.latency = batch_end(machine.records(), 0);
  std::uint64_t end = 0;
  std::uint64_t run_end = 0;
  SimulatedPart* before = &result.tiles.front();
  for (std::uint64_t i = 0; i < batches * program.tiles.size(); ++i) {
    const TileRecord& tile = machine.records()[i];
    SimulatedPart& part = result.tiles[tile.position];
    charge(tile, end, config, part.cycles, before->cycles);
    part.activity += tile.activity;
    end = end_of(tile);
    run_end = std::max(run_end, *tile.last_result + 1);
    before = &part;
  }
  before->cycles.drain += std::max(run_end, end) - end;
  complete_layered(result, program);
  simulation.values = std::move(machine.values());
  return simulation;
}

}  // namespace colcomb::simulation
