// The exact engine: every cell at every clock.
#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/layered_machine.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/simulation/steady_interval.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {
namespace {

Simulation layered(const QuantizedNetwork& network, const ArrayConfig& config,
                   std::span<const std::uint8_t> images) {
  const TileProgram program = tiling::make_program(network, config);
  LayeredMachine machine(network, config, program, images);
  machine.run();
  Simulation simulation{describe_layered(network, config, program), machine.values()};
  SimulationResult& result = simulation.result;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    result.tiles[t].cycles = machine.cycles()[t];
    result.tiles[t].activity = machine.activity()[t];
  }
  result.latency = machine.batch_ends().front();
  result.interval = steady_interval(network.description, config, program);
  complete_layered(result, program);
  return simulation;
}

}  // namespace

Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                          std::span<const std::uint8_t> images) {
  COLCOMB_CHECK(!config.cross_layer, "cross-layer");
  Simulation simulation = layered(network, config, images);
  simulation.result.engine = "exact";
  simulation.result.images = simulation.values.size();
  return simulation;
}

}  // namespace colcomb::simulation
