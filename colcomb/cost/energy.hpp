#pragma once

#include <vector>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/cost/machine.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// Energy of each layer for one image, pJ: the run's, divided by its images. The parts are the same
/// for all layers: cells, blocks, buffers, leakage (docs/reference/cost.md, "Energy").
[[nodiscard]] std::vector<CostEnergy> layer_energies(const Technology& technology,
                                                     const SimulationResult& result,
                                                     const Machine& machine, bool gated);

/// The layers' sums, part by part.
[[nodiscard]] CostEnergy network_energy(const std::vector<CostEnergy>& layers);

}  // namespace colcomb::cost
