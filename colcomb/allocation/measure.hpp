#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "colcomb/allocation/budget.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::allocation {

/// What candidates are compared by: a quantity, of an energy with what it is taken from.
struct Measure {
  Quantity quantity = Quantity::kInterval;                       // what is measured
  std::shared_ptr<const cost::Technology> technology = nullptr;  // of energies; null: not needed

  // NOLINTNEXTLINE(google-explicit-constructor): most quantities need nothing else
  Measure(Quantity of, std::shared_ptr<const cost::Technology> from = nullptr)
      : quantity(of), technology(std::move(from)) {}
};

/// The budget's, as its Limit has it: frames are an interval. Errors: option_error naming `budget`
/// for a technology that is not known or has no energies for this array.
[[nodiscard]] Measure measure_of(const Budget& budget, const ArrayConfig& array);

/// Energy of an image on the chip in picojoules, rounded up: the upper end of the known parts, from
/// the closed form's counts of the plan (tiling/schedule_counts.hpp). Requires: the technology
/// knows some.
[[nodiscard]] std::uint64_t planned_energy(const NetworkDescription& network,
                                           const ArrayConfig& array,
                                           const cost::Technology& technology,
                                           const std::vector<std::size_t>& groups);

}  // namespace colcomb::allocation
