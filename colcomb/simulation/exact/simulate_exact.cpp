// The exact engine: every cell at every clock.
#include "colcomb/simulation/exact/layered_machine.hpp"
#include "colcomb/simulation/exact/pipelined_machine.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/pipeline_clocks.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/simulation/steady_interval.hpp"
#include "colcomb/tiling/limits.hpp"
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
  result.images = simulation.values.size();
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    result.tiles[t].cycles = machine.cycles()[t];
    result.tiles[t].activity = machine.activity()[t];
  }
  result.latency = machine.batch_ends().front();
  result.interval = steady_interval(network.description, config, program);
  complete_layered(result, program);
  return simulation;
}

Simulation pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                     std::span<const std::uint8_t> images) {
  tiling::require_fits(network, config);
  PipelinedMachine machine(network, config, images);
  machine.run();
  Simulation simulation{describe_pipelined(network, config), machine.values()};
  SimulationResult& result = simulation.result;
  result.images = simulation.values.size();
  const auto cycles = machine.cycles();
  const auto activity = machine.activity();
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    result.layers[i].cycles = cycles[i];
    result.layers[i].activity = activity[i];
  }
  result.configuration = machine.configuration();
  result.latency = machine.image_ends().front();
  result.interval = PipelineClocks(network, config).interval();
  complete_pipelined(result, network.description.input);
  return simulation;
}

}  // namespace

Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                          std::span<const std::uint8_t> images) {
  Simulation simulation =
      config.cross_layer ? pipelined(network, config, images) : layered(network, config, images);
  simulation.result.engine = "exact";
  return simulation;
}

}  // namespace colcomb::simulation
