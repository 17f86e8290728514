#pragma once

#include "colcomb/artifacts/cost_report.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

// From one process to another: A. Stillmaker and B. Baas, "Scaling equations for the accurate
// prediction of CMOS device performance from 180 nm to 7 nm", Integration 58, 2017,
// doi 10.1016/j.vlsi.2017.02.002: energies as a quadratic of the supply voltage per node, areas per
// node. For a cell that was synthesized at 130 and at 45 nm the equations erred by a factor of 1.3
// (area) to 1.6 (energy), so a result is a range of a factor of 1.6 to either side of them, never a
// value.

/// Energy at `to_nm` and `to_volt` of what costs `energy` at `from_nm` and `from_volt`.
/// Errors: option_error naming `node` where either is none of 130, 90, 65, 45, 32, 20, 16, 14, 10
/// and 7 nm, or `voltage` where the equations give no energy above 0.
[[nodiscard]] Range scale_energy(Range energy, double from_nm, double from_volt, double to_nm,
                                 double to_volt);

/// Area at `to_nm`. Errors: as above for nodes.
[[nodiscard]] Range scale_area(Range area, double from_nm, double to_nm);

/// The report's sums at another node. Adds the equations to the report's sources. Errors: as above;
/// option_error naming `technology` where its file says no voltage.
[[nodiscard]] ScaledCost scaled_cost(CostReport& report, const Technology& technology, double to_nm,
                                     double to_volt);

}  // namespace colcomb::cost
