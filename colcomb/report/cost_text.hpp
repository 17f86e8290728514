#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::report {

/// "-" where it is absent; one number, or the least and the most: "1.2-3.4", in `unit` of the
/// figure's own.
[[nodiscard]] std::string figure_text(const CostFigure& figure, double unit = 1);

/// Numbers of the sources in the report's list: "[1] [3]".
[[nodiscard]] std::string source_numbers(const CostFigure& figure,
                                         std::span<const CostSource> sources);

/// What a sum lacks, as a clause: ", without a, b"; empty for nothing.
[[nodiscard]] std::string without_text(const CostFigure& figure);

/// A unit of energy that suits the figure: what one pJ is multiplied with for it, and its name.
struct EnergyUnit {
  double picojoules = 1;
  const char* name = "pJ";
};
[[nodiscard]] EnergyUnit energy_unit(const CostFigure& figure);

/// The energies of the parts of these groups, added; absent parts in `without`. Absent where all
/// known ones are 0 and others are not known.
[[nodiscard]] CostFigure group_sum(const CostEnergy& energy,
                                   std::initializer_list<const char*> groups);

/// The groups of CostPart, in the order of tables.
[[nodiscard]] std::span<const char* const> energy_groups();

}  // namespace colcomb::report
