#pragma once

#include <cstdint>
#include <span>

#include "colcomb/artifacts/cost_report.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// How a run is costed.
struct CostOptions {
  /// Cells with a clock gate at weight and select, where the technology has them.
  bool gated = false;
};

/// Images of a run that costs are of where nothing else is said: 16, or the next whole number of
/// batches; what happens once is shared among them.
[[nodiscard]] std::uint64_t usual_images(const ArrayConfig& config);

/// Energy, area and rates of a run. Requires: the result holds at least one image and its layers.
[[nodiscard]] CostReport cost_of(const Technology& technology, const SimulationResult& result,
                                 const CostOptions& options);

/// Each run's cost; where one of the arrays has bit-serial cells, the figures of that array's cell
/// beside a bit-parallel one's. Requires: runs are not empty, each as for cost_of; `given` is one
/// of them.
[[nodiscard]] CostComparison compare_costs(const Technology& technology,
                                           std::span<const NamedSimulation> runs,
                                           const ArrayConfig& given, const CostOptions& options);

}  // namespace colcomb::cost
