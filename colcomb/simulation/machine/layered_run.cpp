#include <utility>

#include "colcomb/simulation/exact/exact_run.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/tiling/compile.hpp"
#include "colcomb/tiling/schedule_counts.hpp"

namespace colcomb::simulation {

Simulation run_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::span<const std::uint8_t> images, const ExactOptions& options) {
  const TileProgram program = tiling::compile(network, config);
  Simulation simulation = machine::run_program(program, images, options);
  // What the program does not know: which layers are fixed, and with them the advice.
  SimulationResult described =
      tiling::describe_schedule(network.description, config, program.schedule);
  SimulationResult& result = simulation.result;
  for (std::size_t t = 0; t < result.tiles.size(); ++t) {
    described.tiles[t].cycles = result.tiles[t].cycles;
    described.tiles[t].activity = result.tiles[t].activity;
  }
  described.engine = result.engine;
  described.images = result.images;
  described.latency = result.latency;
  described.interval = result.interval;
  complete_layered(described, program.schedule);
  result = std::move(described);
  return simulation;
}

}  // namespace colcomb::simulation
