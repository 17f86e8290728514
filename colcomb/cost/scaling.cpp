#include "colcomb/cost/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "colcomb/base/error.hpp"

namespace colcomb::cost {
namespace {

constexpr double kError = 1.6;  // the larger of what they erred by

/// Energy of an operation is quadratic V^2 + linear V + constant; areas are relative to 45 nm.
struct Node {
  double nm;
  double area;
  double quadratic;
  double linear;
  double constant;
};

constexpr auto kNodes = std::to_array<Node>({
    {130, 6.4, 7.171, -6.709, 2.904},
    {90, 2.8, 4.762, -4.781, 2.092},
    {65, 1.5, 3.755, -4.398, 1.975},
    {45, 1, 1.103, -0.362, 0.2767},
    {32, 0.46, 0.9559, -0.7823, 0.471},
    {20, 0.21, 0.373, -0.1582, 0.04104},
    {16, 0.19, 0.2958, -0.1241, 0.03024},
    {14, 0.17, 0.2363, -0.09675, 0.02239},
    {10, 0.1, 0.2068, -0.09311, 0.02375},
    {7, 0.059, 0.1776, -0.09097, 0.02447},
});

const Node& node_of(double nm) {
  const auto found = std::ranges::find(kNodes, nm, &Node::nm);
  if (found != kNodes.end()) return *found;
  throw option_error("node", fmt::to_string(nm),
                     "must be 130, 90, 65, 45, 32, 20, 16, 14, 10 or 7 nm");
}

double energy_factor(const Node& node, double volt) {
  const double factor = node.quadratic * volt * volt + node.linear * volt + node.constant;
  if (volt > 0 && factor > 0) return factor;
  throw option_error("voltage", fmt::to_string(volt), "must give an energy above 0");
}

Range widened(Range value, double factor) {
  return {value.low * factor / kError, value.high * factor * kError};
}

}  // namespace

Range scale_energy(Range energy, double from_nm, double from_volt, double to_nm, double to_volt) {
  return widened(
      energy, energy_factor(node_of(to_nm), to_volt) / energy_factor(node_of(from_nm), from_volt));
}

Range scale_area(Range area, double from_nm, double to_nm) {
  return widened(area, node_of(to_nm).area / node_of(from_nm).area);
}

ScaledCost scaled_cost(CostReport& report, const Technology& technology, double to_nm,
                       double to_volt) {
  const CostSource equations{"stillmaker17",
                             "A. Stillmaker and B. Baas, Scaling equations for the accurate "
                             "prediction of CMOS device performance from 180 nm to 7 nm, "
                             "Integration 58, 2017, doi 10.1016/j.vlsi.2017.02.002, as coded in "
                             "Accelergy's library plug-in, commit ba4e9da"};
  if (!technology.voltage)
    throw option_error("technology", technology.name, "says no voltage to scale from");
  ScaledCost scaled{to_nm, to_volt, report.network.on_chip, report.area_sum};
  if (scaled.on_chip.value)
    scaled.on_chip.value = scale_energy(*scaled.on_chip.value, technology.node_nm,
                                        *technology.voltage, to_nm, to_volt);
  if (scaled.area_sum.value)
    scaled.area_sum.value = scale_area(*scaled.area_sum.value, technology.node_nm, to_nm);
  for (CostFigure* figure : {&scaled.on_chip, &scaled.area_sum})
    figure->sources.insert(equations.id);
  report.sources.push_back(equations);
  return scaled;
}

}  // namespace colcomb::cost
