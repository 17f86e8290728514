#include "colcomb/report/cost_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/report/cost_text.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Lines = std::vector<std::vector<std::string>>;

double middle(const CostFigure& figure) {
  return figure.value ? (figure.value->low + figure.value->high) / 2 : 0;
}

std::string share(const CostFigure& part, const CostFigure& whole) {
  if (!part.value || middle(whole) == 0) return "-";
  return fmt::format("{:.1f}%", 100 * middle(part) / middle(whole));
}

/// Parts that are not 0, then their sum.
std::string part_table(const std::string& title, const std::string& unit_name, double unit,
                       const std::vector<CostPart>& parts, const CostFigure& sum,
                       const std::vector<CostSource>& sources) {
  Lines lines = {{title, unit_name, "of the sum", "sources"}};
  for (const CostPart& part : parts) {
    const CostFigure& figure = part.figure;
    if (figure.value == Range{}) continue;
    lines.push_back({part.name, figure_text(figure, unit), share(figure, sum),
                     figure.value ? source_numbers(figure, sources) : figure.absent});
  }
  lines.push_back({sum.without.empty() ? "total" : "sum of the known parts", figure_text(sum, unit),
                   share(sum, sum), source_numbers(sum, sources)});
  return format_table(lines, true, true);
}

std::string heading(const CostReport& report) {
  std::string text = fmt::format("{}, {} nm: {}, {} MHz, array {} ({} image{})\n",
                                 report.technology, report.node_nm, report.cells, report.clock_mhz,
                                 report.array, report.images, report.images == 1 ? "" : "s");
  text += fmt::format(
      "{:.1f} frames/s, one every {:.1f} clocks; latency {:.2f} us; this run took {:.1f} clocks an "
      "image\n",
      report.frames_per_second, report.interval_clocks, 1e6 * report.latency_seconds,
      report.clocks_per_image);
  return text;
}

std::string energy_text(const CostReport& report) {
  const CostFigure& sum = report.network.on_chip;
  if (!sum.value) return fmt::format("energy: {} gives none\n", report.technology);
  const EnergyUnit unit = energy_unit(sum);
  std::string text = part_table("energy of an image, on the chip", unit.name, unit.picojoules,
                                report.network.parts, sum, report.sources);
  if (!report.network.dram.value) return text + "DRAM: not known\n";
  return text + fmt::format("DRAM, apart: {} {} an image {}\n",
                            figure_text(report.network.dram, unit.picojoules), unit.name,
                            source_numbers(report.network.dram, report.sources));
}

std::string area_text(const CostReport& report) {
  constexpr double kMm2 = 1e6;
  std::string text;
  if (report.area_sum.value)
    text += '\n' + part_table("area", "mm2", kMm2, report.area, report.area_sum, report.sources);
  if (report.logic_sum.value) {
    text += '\n' + part_table("LUTs", "LUTs", 1, report.logic, report.logic_sum, report.sources);
    text += fmt::format("the device has {}\n", figure_text(report.device_logic));
  }
  if (report.block_rams_sum.value) {
    text += '\n' + part_table("block RAMs", "blocks", 1, report.block_rams, report.block_rams_sum,
                              report.sources);
    text += fmt::format("the device has {}\n", figure_text(report.device_block_rams));
  }
  return text;
}

std::string clock_text(const CostReport& report) {
  std::string text;
  for (const CostPart& part : report.clock_limits) {
    if (!part.figure.value) continue;
    text += fmt::format("{}{} {}", text.empty() ? "clocks that parts reach, MHz: " : ", ",
                        part.name, figure_text(part.figure));
  }
  if (text.empty()) return "";
  text += '\n';
  for (const CostPart& part : report.clock_limits) {
    if (part.figure.value && part.figure.value->low < report.clock_mhz)
      text += fmt::format(
          "the array's clock of {} MHz is above what this technology reaches: {} "
          "{} MHz\n",
          report.clock_mhz, part.name, figure_text(part.figure));
  }
  return text;
}

std::string rate_text(const CostReport& report) {
  std::string text;
  const auto line = [&text](const char* name, const CostFigure& figure, double unit,
                            const char* unit_name) {
    if (figure.value)
      text += fmt::format("{}: {} {}\n", name, figure_text(figure, unit), unit_name);
  };
  line("frames per joule, known on-chip parts", report.frames_per_joule, 1, "frames/J");
  line("frames per joule, these and DRAM", report.frames_per_joule_of_both, 1, "frames/J");
  line("frames/s for the known area", report.frames_per_second_mm2, 1, "frames/s/mm2");
  line("energy of an image times latency, known on-chip parts", report.energy_delay, 1e-12, "pJ s");
  return text;
}

std::string scaled_text(const CostReport& report) {
  if (!report.scaled) return "";
  const ScaledCost& scaled = *report.scaled;
  const EnergyUnit unit = energy_unit(scaled.on_chip);
  return fmt::format(
      "scaled to {} nm and {} V by equations that err by up to 1.6: {} {} an image on the chip, {} "
      "mm2 {}\n",
      scaled.node_nm, scaled.volt, figure_text(scaled.on_chip, unit.picojoules), unit.name,
      figure_text(scaled.area_sum, 1e6), source_numbers(scaled.on_chip, report.sources));
}

std::string grounds_text(const CostReport& report) {
  std::string text = "\nassumptions:\n";
  if (report.assumptions.empty()) text += "- none.\n";
  for (const CostSource& assumption : report.assumptions)
    text += fmt::format("- {}.\n", assumption.text);
  text += "not modelled: wires, the clock's tree, glitches, input and output pads\n\nsources:\n";
  for (std::size_t i = 0; i < report.sources.size(); ++i)
    text += fmt::format("[{}] {}\n", i + 1, report.sources[i].text);
  return text;
}

}  // namespace

std::string cost_table(const CostReport& report) {
  std::string text = heading(report) + '\n' + energy_text(report) + area_text(report) + '\n';
  return text + rate_text(report) + scaled_text(report) + clock_text(report) + grounds_text(report);
}

std::string cost_layer_table(const CostReport& report) {
  if (!report.network.on_chip.value) return "";
  const EnergyUnit unit = energy_unit(report.network.on_chip);
  Lines lines = {{fmt::format("{} an image", unit.name)}};
  for (const char* group : energy_groups()) lines.front().push_back(group);
  lines.front().insert(lines.front().end(), {"on the chip", "DRAM"});
  bool lacks = false;
  const auto append = [&](const CostEnergy& energy) {
    std::vector<std::string> line = {energy.name};
    for (const char* group : energy_groups()) {
      const CostFigure figure = group_sum(energy, {group});
      lacks = lacks || !figure.without.empty();
      line.push_back(figure_text(figure, unit.picojoules) + (figure.without.empty() ? "" : "*"));
    }
    line.push_back(figure_text(energy.on_chip, unit.picojoules) +
                   (energy.on_chip.without.empty() ? "" : "*"));
    line.push_back(figure_text(energy.dram, unit.picojoules));
    lines.push_back(std::move(line));
  };
  for (const CostEnergy& layer : report.layers) append(layer);
  append(report.network);
  std::string text = format_table(lines, true);
  if (lacks || !report.network.on_chip.without.empty())
    text += fmt::format("*: the known parts{}\n", without_text(report.network.on_chip));
  return text;
}

}  // namespace colcomb::report
