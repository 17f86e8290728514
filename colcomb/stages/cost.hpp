#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/cost_report.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::stages {

/// In which technology, and how it is scaled.
struct CostStageOptions {
  /// One of cost::technology_names(), or a technology file.
  std::string technology = "sg13g2";
  /// Images of the run, a multiple of the array's batch: what happens once is shared among them.
  /// Absent: cost::usual_images.
  std::optional<std::uint64_t> images;
  /// Cells with a clock gate at weight and select, where the technology has them.
  bool gated = false;
  /// Also say what the sums come to at another node and supply voltage, by scaling equations.
  std::optional<double> scale_nm;
  double scale_volt = 1;  // of the supply that energies are scaled to
  /// Also cost what the network is compared with (simulation/baselines.hpp).
  bool compare = false;
};

/// What a network costs.
struct CostRun {
  CostReport cost;                           // on this array
  std::optional<CostComparison> comparison;  // beside the baselines; absent: not asked for
};

/// Counts a run in closed form and says what it costs.
/// Errors: UserError for the technology and its file; where the network does not fit the array;
/// option_error naming `images` where they are no whole batches.
[[nodiscard]] CostRun cost_of_network(const QuantizedNetwork& network, const ArrayConfig& config,
                                      const CostStageOptions& options);

/// Of a run that was simulated, and of those beside it. Errors: for the technology.
[[nodiscard]] CostRun cost_of_run(const SimulationResult& result,
                                  std::span<const NamedSimulation> baselines,
                                  const CostStageOptions& options);

}  // namespace colcomb::stages
