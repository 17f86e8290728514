#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/exact_run.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                          std::span<const std::uint8_t> images) {
  return simulate_exact(network, config, images, {});
}

Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                          std::span<const std::uint8_t> images, const ExactOptions& options) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.size();
  COLCOMB_CHECK(!images.empty() && images.size() % (size * config.batch) == 0,
                "images must be whole batches");
  Simulation simulation = config.cross_layer ? run_pipelined(network, config, images, options)
                                             : run_layered(network, config, images, options);
  simulation.result.engine = "exact";
  return simulation;
}

Simulation simulate_program(const TileProgram& program, std::span<const std::uint8_t> images) {
  return simulate_program(program, images, {});
}

Simulation simulate_program(const TileProgram& program, std::span<const std::uint8_t> images,
                            const ExactOptions& options) {
  return machine::run_program(program, images, options);
}

}  // namespace colcomb::simulation
