#include "colcomb/report/cost_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace colcomb::report {
namespace {

std::string number(double value) {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size >= 1e6 || size < 1e-3) return fmt::format("{:.3e}", value);
  const int decimals = std::max(0, 3 - static_cast<int>(std::floor(std::log10(size))));
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::string figure_text(const CostFigure& figure, double unit) {
  if (!figure.value) return "-";
  const std::string low = number(figure.value->low / unit);
  const std::string high = number(figure.value->high / unit);
  return low == high ? low : fmt::format("{}-{}", low, high);
}

std::string source_numbers(const CostFigure& figure, std::span<const CostSource> sources) {
  std::string text;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!figure.sources.contains(sources[i].id)) continue;
    text += fmt::format("{}[{}]", text.empty() ? "" : " ", i + 1);
  }
  return text;
}

std::string without_text(const CostFigure& figure) {
  if (figure.without.empty()) return "";
  return fmt::format(", without {}", fmt::join(figure.without, ", "));
}

EnergyUnit energy_unit(const CostFigure& figure) {
  const double most = figure.value ? figure.value->high : 0;
  if (most >= 1e9) return {1e9, "mJ"};
  if (most >= 1e6) return {1e6, "uJ"};
  return most >= 1e3 ? EnergyUnit{1e3, "nJ"} : EnergyUnit{1, "pJ"};
}

CostFigure group_sum(const CostEnergy& energy, std::initializer_list<const char*> groups) {
  CostFigure sum;
  Range range;
  for (const CostPart& part : energy.parts) {
    if (std::ranges::find(groups, part.group) == groups.end()) continue;
    if (!part.figure.value) {
      sum.without.insert(part.name);
      continue;
    }
    range.low += part.figure.value->low;
    range.high += part.figure.value->high;
    sum.without.insert(part.figure.without.begin(), part.figure.without.end());
  }
  if (range != Range{} || sum.without.empty()) sum.value = range;
  return sum;
}

std::span<const char* const> energy_groups() {
  static constexpr const char* kGroups[] = {"MACs",         "multiplexing",   "clocks", "buffers",
                                            "partial sums", "memory channel", "leakage"};
  return kGroups;
}

}  // namespace colcomb::report
