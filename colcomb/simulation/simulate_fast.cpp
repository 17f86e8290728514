#include "colcomb/semantics/image_values.hpp"
#include "colcomb/simulation/layered.hpp"
#include "colcomb/simulation/pipelined.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

SimulationResult count_network(const QuantizedNetwork& network, const ArrayConfig& config,
                               std::uint64_t images) {
  SimulationResult result = config.cross_layer ? count_pipelined(network, config, images)
                                               : count_layered(network, config, images);
  result.engine = "fast";
  return result;
}

Simulation simulate_fast(const QuantizedNetwork& network, const ArrayConfig& config,
                         std::span<const std::uint8_t> images, std::size_t threads,
                         const ProgressFunction& progress) {
  const InputDescription& input = network.description.input;
  const std::size_t count = images.size() / input.size();
  Simulation simulation;
  simulation.result = count_network(network, config, count);
  // Accumulations provably fit their bits or are modulo 2^32 in both, so values are those of the
  // integer network, whatever the tiles.
  simulation.values = semantics::image_values(network, images, threads, progress);
  return simulation;
}

}  // namespace colcomb::simulation
