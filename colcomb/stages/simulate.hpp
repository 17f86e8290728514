#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/artifacts/timeline.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/simulation/exact/trace.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::stages {

enum class Engine : std::uint8_t {
  kFast,   // clocks in closed form, values by the integer network
  kExact,  // every cell at every clock
  kBoth,   // the exact one, and its counts compared with the fast one's
};

/// How a network is simulated.
struct SimulateOptions {
  Engine engine = Engine::kFast;                  // how clocks are found
  std::size_t threads = 0;                        // of the fast engine; 0: all available
  std::optional<simulation::TraceOptions> trace;  // needs the exact engine
  bool timeline = false;                          // also say what happened when (of a network)
  ProgressFunction progress = nullptr;            // counts images that have their logits
  bool baselines =
      false;  // also simulate what the network is compared with (simulation/baselines.hpp)
};

/// What a simulation found.
struct SimulationRun {
  simulation::Simulation simulation;  // clocks, counts and values
  std::size_t images = 0;             // that went through the machine
  /// Of the exact engine: images whose outputs of all layers are the integer network's. Absent for
  /// the fast engine, whose values are that network's and have nothing to be compared with.
  std::optional<std::size_t> equal_images;
  std::string first_difference;            // where the first other image differs; empty: nowhere
  std::vector<NamedSimulation> baselines;  // with SimulateOptions::baselines
  std::optional<Timeline> timeline;        // with SimulateOptions::timeline
};

/// The most columns that a group of a hidden layer may have: the data lines an array's columns
/// need.
[[nodiscard]] std::size_t largest_alpha(const NetworkDescription& network);

/// Runs raw images (count x C x H x W, count a multiple of config.batch) through the machine.
/// Errors: UserError where the network does not fit the array, for options that do not fit
/// together, and if with Engine::kBoth the engines disagree, naming the first count.
[[nodiscard]] SimulationRun simulate(const QuantizedNetwork& network, const ArrayConfig& config,
                                     std::span<const std::uint8_t> images,
                                     const SimulateOptions& options);

/// The same for a compiled program. `network`: the packed network that it was compiled from, to
/// compare values with; null: none is known, and equal_images stays absent. Traces and baselines
/// are of networks. Errors: as above.
[[nodiscard]] SimulationRun simulate_program(const TileProgram& program,
                                             const QuantizedNetwork* network,
                                             std::span<const std::uint8_t> images,
                                             const SimulateOptions& options);

}  // namespace colcomb::stages
