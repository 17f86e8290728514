#include "colcomb/stages/simulate.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/semantics/image_values.hpp"
#include "colcomb/simulation/baselines.hpp"
#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/exact/image_progress.hpp"
#include "colcomb/simulation/timeline.hpp"

namespace colcomb::stages {
namespace {

using simulation::Simulation;

Simulation exact_run(const QuantizedNetwork& network, const ArrayConfig& config,
                     std::span<const std::uint8_t> images, const SimulateOptions& options) {
  if (options.trace) return simulation::trace_exact(network, config, images, *options.trace);
  if (!options.progress) return simulation::simulate_exact(network, config, images);
  simulation::ImageProgress progress(network.hidden.size(), network.description.classes,
                                     images.size() / network.description.input.size(),
                                     options.progress);
  return simulation::simulate_exact(network, config, images, {.probe = &progress});
}

Simulation exact_run(const TileProgram& program, std::span<const std::uint8_t> images,
                     std::size_t count, const SimulateOptions& options) {
  if (!options.progress) return simulation::simulate_program(program, images);
  simulation::ImageProgress progress(program.layers.size() - 1, program.layers.back().filters,
                                     count, options.progress);
  return simulation::simulate_program(program, images, {.probe = &progress});
}

void compare_values(const QuantizedNetwork& network, const ArrayConfig& config,
                    std::span<const std::uint8_t> images, std::size_t threads, SimulationRun& run) {
  const auto expected = semantics::image_values(network, images, threads);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < run.images; ++i)
    equal += run.simulation.values[i] == expected[i] ? 1 : 0;
  run.equal_images = equal;
  if (equal == run.images) return;
  const auto difference =
      simulation::first_difference(network, config, images, run.simulation.values);
  run.first_difference = simulation::describe(*difference, network);
}

}  // namespace

std::size_t largest_alpha(const NetworkDescription& network) {
  return std::ranges::max(network.hidden, {}, &LayerDescription::alpha).alpha;
}

SimulationRun simulate(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::span<const std::uint8_t> images, const SimulateOptions& options) {
  if (options.engine == Engine::kFast && options.trace)
    throw option_error("engine", "fast", "has no clocks to trace: exact and both have");
  const std::size_t threads = options.threads > 0 ? options.threads : available_threads();
  SimulationRun run;
  run.images = images.size() / network.description.input.size();
  if (options.engine == Engine::kFast) {
    run.simulation = simulation::simulate_fast(network, config, images, threads, options.progress);
  } else {
    run.simulation = exact_run(network, config, images, options);
    compare_values(network, config, images, threads, run);
  }
  if (options.engine == Engine::kBoth) {
    const Simulation fast = simulation::simulate_fast(network, config, images, threads);
    const std::string difference =
        simulation::first_count_difference(run.simulation.result, fast.result);
    if (!difference.empty())
      throw failure("simulation", "exact and fast engine disagree: " + difference);
  }
  if (options.timeline)
    run.timeline = simulation::timeline_of(network, config, run.images / config.batch);
  if (options.baselines)
    run.baselines = simulation::baseline_runs(network, config, run.simulation.result);
  return run;
}

SimulationRun simulate_program(const TileProgram& program, const QuantizedNetwork* network,
                               std::span<const std::uint8_t> images,
                               const SimulateOptions& options) {
  for (const auto& [given, name] :
       {std::pair{options.trace.has_value(), "trace"}, std::pair{options.timeline, "timeline"},
        std::pair{options.baselines, "baselines"}}) {
    if (given) throw option_error(name, "a program", "takes a packed network, not a program");
  }
  SimulationRun run;
  run.images = images.size() / (std::size_t{program.channels} * program.height * program.width);
  if (options.engine == Engine::kFast) {
    run.simulation.result = simulation::count_program(program, run.images);
    if (options.progress) options.progress(run.images, run.images);
    return run;
  }
  run.simulation = exact_run(program, images, run.images, options);
  if (network != nullptr) {
    const std::size_t threads = options.threads > 0 ? options.threads : available_threads();
    compare_values(*network, program.array, images, threads, run);
  }
  if (options.engine == Engine::kBoth) {
    const SimulationResult counted = simulation::count_program(program, run.images);
    const std::string difference =
        simulation::first_count_difference(run.simulation.result, counted);
    if (!difference.empty())
      throw failure("simulation", "exact and fast engine disagree: " + difference);
  }
  return run;
}

}  // namespace colcomb::stages
