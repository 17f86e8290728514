#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/cost/machine.hpp"
#include "colcomb/cost/sram.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// bank_cost of a memory's bank, its ports included: b ports cost between one bank and b copies.
[[nodiscard]] BankCost bank_cost_of(const Technology& technology, const Memory& memory);

/// Energy of the layer's accesses to the on-chip buffers for one image, pJ, a part each.
[[nodiscard]] std::vector<CostPart> traffic_energy(const Technology& technology,
                                                   const SimulationResult& result,
                                                   const Machine& machine, std::size_t layer);

}  // namespace colcomb::cost
