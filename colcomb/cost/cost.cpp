#include "colcomb/cost/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/cost/area.hpp"
#include "colcomb/cost/cells.hpp"
#include "colcomb/cost/energy.hpp"
#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

constexpr auto kAssumptions = std::to_array<std::pair<const char*, const char*>>({
#define COLCOMB_ASSUMPTION(id, sentence) {id, sentence},
#include "colcomb/cost/assumptions.def"
#undef COLCOMB_ASSUMPTION
});

std::string describe_cells(const SimulationResult& result) {
  const ArrayConfig& config = result.config;
  const std::string shape = config.cross_layer
                                ? fmt::format("{} in an array per layer", result.total.array_cells)
                                : fmt::format("{} x {}", config.rows, config.columns);
  return fmt::format("{} cells of alpha {}, {}", name_of(config.cell), config.alpha, shape);
}

/// Rates of the whole, from the sums.
void add_rates(CostReport& report) {
  constexpr double kPicojoules = 1e12;
  constexpr double kUm2 = 1e6;
  const CostFigure& energy = report.network.on_chip;
  report.frames_per_joule = quotient(kPicojoules, energy);
  report.frames_per_joule_of_both = quotient(kPicojoules, energy + report.network.dram);
  report.frames_per_second_mm2 = quotient(report.frames_per_second * kUm2, report.area_sum);
  report.energy_delay = report.latency_seconds / kPicojoules * energy;
}

/// All figures of the report.
std::vector<const CostFigure*> figures_of(const CostReport& report) {
  std::vector<const CostFigure*> figures = {
      &report.network.on_chip, &report.network.dram, &report.area_sum,         &report.logic_sum,
      &report.block_rams_sum,  &report.device_logic, &report.device_block_rams};
  for (const auto* parts : {&report.network.parts, &report.clock_limits})
    for (const CostPart& part : *parts) figures.push_back(&part.figure);
  return figures;
}

void add_grounds(CostReport& report, const Technology& technology) {
  const auto figures = figures_of(report);
  for (const CostSource& source : technology.sources) {
    if (std::ranges::any_of(figures, [&source](const CostFigure* figure) {
          return figure->sources.contains(source.id);
        }))
      report.sources.push_back(source);
  }
  for (const auto& [id, sentence] : kAssumptions) {
    if (std::ranges::any_of(figures,
                            [id = id](const CostFigure* f) { return f->assumptions.contains(id); }))
      report.assumptions.push_back({id, sentence});
  }
}

CellFigures cell_figures(const Technology& technology, const ArrayConfig& config, bool gated) {
  const CellCost cell = cell_cost(technology, config, config.alpha, gated);
  CellFigures figures;
  figures.name = fmt::format("{}, alpha {}", name_of(config.cell), config.alpha);
  figures.area = cell.area;
  figures.energy = cell.mac;
  figures.clock = quotient(1e3, cell.delay);
  figures.macs_per_clock = 1.0 / static_cast<double>(config.word_interval());
  figures.data_wires = config.alpha * (config.cell == CellKind::kParallel ? 8 : 1);
  return figures;
}

}  // namespace

std::uint64_t usual_images(const ArrayConfig& config) {
  constexpr std::uint64_t kImages = 16;
  return ceil_divide(kImages, config.batch) * config.batch;
}

CostReport cost_of(const Technology& technology, const SimulationResult& result,
                   const CostOptions& options) {
  COLCOMB_CHECK(result.images > 0 && !result.layers.empty(), "a run of some images");
  const ArrayConfig& config = result.config;
  const Machine machine = machine_of(result);
  CostReport report;
  report.technology = technology.name;
  report.node_nm = technology.node_nm;
  report.array = config.name;
  report.cells = describe_cells(result);
  report.images = result.images;
  report.clock_mhz = config.clock_mhz;
  // Cross-layer all arrays run all the time: each layer's clocks are the run's.
  const SimulatedPart& timed = config.cross_layer ? result.layers.front() : result.total;
  report.clocks_per_image =
      static_cast<double>(timed.cycles.total()) / static_cast<double>(result.images);
  report.interval_clocks = static_cast<double>(result.interval) / static_cast<double>(config.batch);
  report.frames_per_second = result.frames_per_second();
  report.latency_seconds = result.latency_seconds();
  report.layers = layer_energies(technology, result, machine, options.gated);
  report.network = network_energy(report.layers);
  Resources resources = resources_of(technology, machine, options.gated);
  report.area_sum = sum(resources.area);
  report.logic_sum = sum(resources.logic);
  report.block_rams_sum = sum(resources.block_rams);
  report.area = std::move(resources.area);
  report.logic = std::move(resources.logic);
  report.block_rams = std::move(resources.block_rams);
  report.clock_limits = std::move(resources.clock_limits);
  report.device_logic = technology.entry("device.luts");
  report.device_block_rams = technology.entry("device.block_rams");
  add_rates(report);
  add_grounds(report, technology);
  return report;
}

CostComparison compare_costs(const Technology& technology, std::span<const NamedSimulation> runs,
                             const ArrayConfig& given, const CostOptions& options) {
  CostComparison comparison;
  for (const NamedSimulation& run : runs)
    comparison.rows.push_back({run.name, cost_of(technology, run.result, options)});
  if (given.cell == CellKind::kParallel) return comparison;
  ArrayConfig parallel = given;
  parallel.cell = CellKind::kParallel;
  comparison.serial = cell_figures(technology, given, options.gated);
  comparison.parallel = cell_figures(technology, parallel, options.gated);
  return comparison;
}

}  // namespace colcomb::cost
