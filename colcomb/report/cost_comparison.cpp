#include <fmt/format.h>
#include <fmt/ranges.h>

#include <initializer_list>
#include <map>

#include "colcomb/base/csv.hpp"
#include "colcomb/report/cost_table.hpp"
#include "colcomb/report/cost_text.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

/// a / b from least to most; "-" where one is absent.
std::string ratio(const CostFigure& a, const CostFigure& b) {
  if (!a.value || !b.value || b.value->low <= 0) return "-";
  CostFigure figure;
  figure.value = {a.value->low / b.value->high, a.value->high / b.value->low};
  return figure_text(figure);
}

/// What each row's sums lack, once for rows that lack the same.
std::string lacks_text(const CostComparison& comparison) {
  std::map<std::string, std::vector<std::string>> rows;
  for (const CostComparison::Row& row : comparison.rows) {
    const std::string energy = without_text(row.cost.network.on_chip);
    const std::string area = without_text(row.cost.area_sum);
    rows[fmt::format("energy{}; area{}", energy.empty() ? " of all parts" : energy.substr(1),
                     area.empty() ? " of all parts" : area.substr(1))]
        .push_back(row.setting);
  }
  std::string text;
  for (const auto& [lacks, settings] : rows) {
    const bool all = settings.size() == comparison.rows.size();
    text += fmt::format("{}: {}\n",
                        all ? "all settings" : fmt::format("{}", fmt::join(settings, "; ")), lacks);
  }
  return text;
}

std::string serial_sentence(const CellFigures& serial, const CellFigures& parallel) {
  std::string text = fmt::format(
      "A bit-serial cell ({}) gives {} of a bit-parallel one's multiply-accumulates a clock",
      serial.name, fmt::format("1/{:g}", parallel.macs_per_clock / serial.macs_per_clock));
  if (serial.energy.value && parallel.energy.value)
    text += fmt::format(" and needs {} times its energy for each ({} against {} pJ)",
                        ratio(serial.energy, parallel.energy), figure_text(serial.energy),
                        figure_text(parallel.energy));
  text += ", for";
  if (serial.area.value && parallel.area.value)
    text += fmt::format(" {} of its area,", ratio(serial.area, parallel.area));
  text +=
      fmt::format(" {} data wires a column in place of {}", serial.data_wires, parallel.data_wires);
  if (serial.clock.value && parallel.clock.value)
    text += fmt::format(" and a clock of {} in place of {} MHz", figure_text(serial.clock),
                        figure_text(parallel.clock));
  return text + ".\n";
}

}  // namespace

std::string cost_comparison_table(const CostComparison& comparison) {
  const CostReport& first = comparison.rows.front().cost;
  const EnergyUnit unit = energy_unit(first.network.on_chip);
  std::vector<std::vector<std::string>> lines = {
      {"setting", "mm2", "clocks", "frames/s", "MACs", "multiplexing", "clocking", "memories",
       "leakage", "on the chip", "", "DRAM", "frames/J", "frames/s/mm2"}};
  for (const CostComparison::Row& row : comparison.rows) {
    const CostReport& cost = row.cost;
    const auto energy = [&](std::initializer_list<const char*> groups) {
      return figure_text(group_sum(cost.network, groups), unit.picojoules);
    };
    const std::string relative = ratio(cost.network.on_chip, first.network.on_chip);
    lines.push_back(
        {row.setting, figure_text(cost.area_sum, 1e6), fmt::format("{:.1f}", cost.interval_clocks),
         fmt::format("{:.1f}", cost.frames_per_second), energy({"MACs"}), energy({"multiplexing"}),
         energy({"clocks"}), energy({"buffers", "partial sums", "memory channel"}),
         energy({"leakage"}), figure_text(cost.network.on_chip, unit.picojoules),
         relative == "-" ? relative : relative + "x",
         figure_text(cost.network.dram, unit.picojoules), figure_text(cost.frames_per_joule),
         figure_text(cost.frames_per_second_mm2)});
  }
  std::string text =
      fmt::format("{} an image in {}; sums are of the known parts\n", unit.name, first.technology) +
      format_table(lines, false) + lacks_text(comparison);
  if (comparison.serial && comparison.parallel)
    text += serial_sentence(*comparison.serial, *comparison.parallel);
  return text;
}

std::string cost_csv(const CostReport& report) {
  std::string text =
      CsvRow("scope", "part", "low", "high", "unit", "sources", "entries", "absent").line();
  const auto joined = [](const std::set<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
    return all;
  };
  const auto append = [&](const std::string& scope, const std::string& part,
                          const CostFigure& figure, const char* unit) {
    const bool known = figure.value.has_value();
    text += CsvRow(scope, part, known ? fmt::to_string(figure.value->low) : "",
                   known ? fmt::to_string(figure.value->high) : "", unit, joined(figure.sources),
                   joined(figure.entries), known ? without_text(figure) : figure.absent)
                .line();
  };
  const auto energy = [&](const CostEnergy& of) {
    for (const CostPart& part : of.parts) append(of.name, part.name, part.figure, "pJ/image");
    append(of.name, "on the chip", of.on_chip, "pJ/image");
    append(of.name, "DRAM", of.dram, "pJ/image");
  };
  for (const CostEnergy& layer : report.layers) energy(layer);
  energy(report.network);
  const auto resources = [&](const char* scope, const std::vector<CostPart>& parts,
                             const CostFigure& sum, const char* unit) {
    for (const CostPart& part : parts) append(scope, part.name, part.figure, unit);
    append(scope, "sum", sum, unit);
  };
  resources("area", report.area, report.area_sum, "um2");
  resources("logic", report.logic, report.logic_sum, "LUT");
  resources("block RAMs", report.block_rams, report.block_rams_sum, "blocks");
  return text;
}

}  // namespace colcomb::report
