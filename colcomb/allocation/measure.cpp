#include "colcomb/allocation/measure.hpp"

#include <cmath>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cost/cells.hpp"
#include "colcomb/cost/cost.hpp"
#include "colcomb/cost/energy.hpp"
#include "colcomb/cost/machine.hpp"
#include "colcomb/tiling/schedule_counts.hpp"

namespace colcomb::allocation {

Measure measure_of(const Budget& budget, const ArrayConfig& array) {
  const Limit limit = limit_of(budget, array);
  if (limit.quantity != Quantity::kEnergy) return limit.quantity;
  auto technology =
      std::make_shared<const cost::Technology>(cost::find_technology(budget.technology));
  const CostFigure mac = cost::cell_cost(*technology, array, array.alpha, false).mac;
  if (!mac.value)
    throw option_error(
        "budget", to_string(budget),
        "cannot be kept: the energy of the array's cells is not known: " + mac.absent);
  return {Quantity::kEnergy, std::move(technology)};
}

std::uint64_t planned_energy(const NetworkDescription& network, const ArrayConfig& array,
                             const cost::Technology& technology,
                             const std::vector<std::size_t>& groups) {
  const SimulationResult run =
      tiling::planned_counts(network, array, groups, cost::usual_images(array));
  const CostEnergy energy =
      cost::network_energy(cost::layer_energies(technology, run, cost::machine_of(run), false));
  COLCOMB_CHECK(energy.on_chip.value.has_value(), "a technology without energies");
  return static_cast<std::uint64_t>(std::ceil(energy.on_chip.value->high));
}

}  // namespace colcomb::allocation
