#include "colcomb/cost/cost.hpp"

#include <gtest/gtest.h>

#include "tests/support/cost_run.hpp"

namespace colcomb::cost {
namespace {

/// Every figure of a report by a name that says where it stands.
std::map<std::string, CostFigure> figures_of(const CostReport& report) {
  std::map<std::string, CostFigure> figures;
  const auto add = [&figures](const std::string& name, const CostFigure& figure) {
    EXPECT_TRUE(figures.emplace(name, figure).second) << name;
  };
  const auto add_parts = [&add](const std::string& where, const std::vector<CostPart>& parts) {
    for (const CostPart& part : parts) add(where + ": " + part.name, part.figure);
  };
  std::vector<CostEnergy> energies = report.layers;
  energies.push_back(report.network);
  for (const CostEnergy& energy : energies) {
    add_parts(energy.name, energy.parts);
    add(energy.name + ", sum", energy.on_chip);
    add(energy.name + ", DRAM", energy.dram);
  }
  add_parts("area", report.area);
  add_parts("logic", report.logic);
  add_parts("block RAMs", report.block_rams);
  add_parts("clock", report.clock_limits);
  add("area, sum", report.area_sum);
  add("logic, sum", report.logic_sum);
  add("block RAMs, sum", report.block_rams_sum);
  add("device, logic", report.device_logic);
  add("device, block RAMs", report.device_block_rams);
  add("frames/J", report.frames_per_joule);
  add("frames/J with DRAM", report.frames_per_joule_of_both);
  add("frames/s/mm2", report.frames_per_second_mm2);
  add("energy times delay", report.energy_delay);
  return figures;
}

struct Setting {
  CellKind cell;
  std::size_t alpha;
  bool cross_layer;
  bool gated;
};

constexpr Setting kSettings[] = {
    {CellKind::kMultiplexed, 8, false, false}, {CellKind::kMultiplexed, 5, false, true},
    {CellKind::kMultiplexed, 8, true, false},  {CellKind::kInterleaved, 1, false, false},
    {CellKind::kBalanced, 1, false, false},    {CellKind::kParallel, 8, false, false},
    {CellKind::kParallel, 2, true, false}};

/// Figures after the entries of these paths were doubled.
std::map<std::string, CostFigure> doubled(Technology technology, const std::set<std::string>& paths,
                                          const SimulationResult& run, const CostOptions& options) {
  for (const std::string& path : paths) {
    Range& value = technology.entries.at(path).value;
    value = {2 * value.low, 2 * value.high};
  }
  return figures_of(cost_of(technology, run, options));
}

void expect_exactly_those_that_name_it(const Technology& technology, const Setting& setting,
                                       std::set<std::string>& all_named) {
  const SimulationResult run = tests::cost_run(setting.cell, setting.alpha, setting.cross_layer);
  const CostOptions options{setting.gated};
  const auto before = figures_of(cost_of(technology, run, options));
  std::set<std::string> named;
  for (const auto& [name, figure] : before)
    named.insert(figure.entries.begin(), figure.entries.end());
  for (const std::string& path : named) {
    const auto after = doubled(technology, {path}, run, options);
    ASSERT_EQ(before.size(), after.size());
    for (const auto& [name, figure] : before) {
      const bool names_it = figure.entries.contains(path);
      // Whole block RAMs: a bank that fits one fits a larger one too.
      if (names_it && path == "block_ram.bytes") continue;
      EXPECT_EQ(names_it, figure.value != after.at(name).value)
          << technology.name << ", " << name_of(setting.cell) << " alpha " << setting.alpha << ", "
          << name << " and " << path;
    }
  }
  std::set<std::string> others;
  for (const auto& [path, entry] : technology.entries)
    if (!named.contains(path)) others.insert(path);
  EXPECT_EQ(doubled(technology, others, run, options), before);
  all_named.merge(named);
}

// Each entry in turn is doubled: the figures that change are those that name it, and no others.
// Those that no figure names are doubled together: nothing changes.
TEST(Cost, AnEntryChangesExactlyTheFiguresThatNameIt) {
  for (const std::string& name : technology_names()) {
    std::set<std::string> named;
    for (const Setting& setting : kSettings)
      expect_exactly_those_that_name_it(find_technology(name), setting, named);
    EXPECT_GT(named.size(), 8U) << name;
  }
}

TEST(Cost, FiguresNameTheSourcesOfTheirEntries) {
  for (const std::string& name : technology_names()) {
    const Technology technology = find_technology(name);
    const CostReport report =
        cost_of(technology, tests::cost_run(CellKind::kMultiplexed, 8, false), {});
    for (const auto& [figure_name, figure] : figures_of(report)) {
      std::set<std::string> sources;
      for (const std::string& path : figure.entries) {
        const auto& of_entry = technology.entries.at(path).sources;
        sources.insert(of_entry.begin(), of_entry.end());
      }
      EXPECT_EQ(figure.sources, sources) << figure_name;
      for (const std::string& id : sources) {
        EXPECT_TRUE(std::ranges::any_of(report.sources, [&id](const CostSource& source) {
          return source.id == id;
        })) << id;
      }
      for (const std::string& id : figure.assumptions) {
        EXPECT_TRUE(std::ranges::any_of(report.assumptions, [&id](const CostSource& source) {
          return source.id == id;
        })) << id;
      }
    }
  }
}

TEST(Cost, LayersAddUpToTheNetwork) {
  const Technology technology = find_technology("sg13g2");
  for (const bool cross_layer : {false, true}) {
    const CostReport report =
        cost_of(technology, tests::cost_run(CellKind::kMultiplexed, 8, cross_layer), {});
    double low = 0;
    double parts = 0;
    for (const CostEnergy& layer : report.layers) low += layer.on_chip.value->low;
    for (const CostPart& part : report.network.parts)
      parts += part.figure.value ? part.figure.value->low : 0;
    EXPECT_NEAR(report.network.on_chip.value->low, low, 1e-9 * low);
    EXPECT_NEAR(report.network.on_chip.value->low, parts, 1e-9 * parts);
    // A layer's 4527 clocks; cross-layer each is the run's.
    EXPECT_DOUBLE_EQ(report.clocks_per_image, cross_layer ? 4527 / 2.0 : 4527);
  }
}

TEST(Cost, WhatATechnologyDoesNotGiveIsAbsentAndNotZero) {
  const CostReport report =
      cost_of(find_technology("ice40-hx8k"), tests::cost_run(CellKind::kMultiplexed, 8, false), {});
  EXPECT_FALSE(report.network.on_chip.value);
  EXPECT_FALSE(report.network.dram.value);
  EXPECT_FALSE(report.area_sum.value);
  EXPECT_FALSE(report.frames_per_joule.value);
  for (const CostPart& part : report.network.parts) EXPECT_FALSE(part.figure.value) << part.name;
  // 192 cells of 87 LUTs; the blocks' are not known.
  EXPECT_EQ(report.logic_sum.value, (Range{16704, 16704}));
  EXPECT_EQ(report.logic_sum.without.size(), 8U);
  EXPECT_EQ(report.device_logic.value, (Range{7680, 7680}));
}

TEST(Cost, BeyondItsTablesATechnologyGivesNothing) {
  const Technology technology = find_technology("sg13g2");
  SimulationResult run = tests::cost_run(CellKind::kMultiplexed, 32, false);
  CostReport report = cost_of(technology, run, {});
  EXPECT_TRUE(report.network.on_chip.without.contains("useful MACs"));
  EXPECT_EQ(report.area[0].figure.absent, "sg13g2 gives no cell.mx.alpha32.area");
  run.config.alpha = 8;
  run.config.accumulation_bits = 16;
  report = cost_of(technology, run, {});
  EXPECT_EQ(report.area[0].figure.absent, "cells are known with 32 bits of accumulation, not 16");
  run.config.accumulation_bits = 32;
  run.config.double_buffering = false;  // its area was synthesized, its energy was not measured
  report = cost_of(technology, run, {});
  EXPECT_DOUBLE_EQ(report.area[0].figure.value->low, 192 * 5152.8);
  EXPECT_TRUE(report.network.on_chip.without.contains("useful MACs"));
}

// What is not known of a memory is said, not left out.
TEST(Cost, NamesRowExponentsWhereLayersHaveThem) {
  const Technology technology = find_technology("sg13g2");
  SimulationResult run = tests::cost_run(CellKind::kMultiplexed, 8, false);
  EXPECT_FALSE(cost_of(technology, run, {}).area_sum.without.contains("row exponents"));
  run.layers[1].row_exponents = true;
  const CostReport report = cost_of(technology, run, {});
  EXPECT_TRUE(report.network.on_chip.without.contains("row exponents"));
  EXPECT_FALSE(report.layers[0].on_chip.without.contains("row exponents"));
  EXPECT_TRUE(report.layers[1].on_chip.without.contains("row exponents"));
  EXPECT_TRUE(report.area_sum.without.contains("row exponents"));
}

// A memory of 256 bytes per row bus and table; a result that goes through it reads a byte: 8.285 pJ
// of 256 x 8 with two ports, as in the worked example of docs/reference/cost.md.
TEST(Cost, CountsActivationTablesWhereLayersHaveThem) {
  const Technology technology = find_technology("sg13g2");
  SimulationResult run = tests::cost_run(CellKind::kMultiplexed, 8, false);
  const CostReport without = cost_of(technology, run, {});
  const auto named = [](const CostPart& part) { return part.name.starts_with("activation"); };
  EXPECT_TRUE(std::ranges::none_of(without.area, named));
  for (SimulatedPart& layer : run.layers) layer.activity.table_read_bytes = 0;
  run.layers[1].table_bytes = 256;
  run.layers[1].activity.table_read_bytes = 10 * run.images;
  const CostReport report = cost_of(technology, run, {});
  const auto area = std::ranges::find_if(report.area, named);
  ASSERT_NE(area, report.area.end());
  EXPECT_EQ(area->name, "activation tables");
  const double buses = static_cast<double>(run.config.row_buses());
  EXPECT_DOUBLE_EQ(area->figure.value->low,
                   buses * technology.entry("sram.2p.8bit.256B.area").value->low);
  EXPECT_DOUBLE_EQ(report.area_sum.value->low,
                   without.area_sum.value->low + area->figure.value->low);
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const auto reads = std::ranges::find_if(report.layers[i].parts, named);
    ASSERT_NE(reads, report.layers[i].parts.end()) << i;
    EXPECT_EQ(reads->name, "activation tables, reads");
    EXPECT_NEAR(reads->figure.value->low, i == 1 ? 82.85 : 0, 1e-9) << i;
  }
  EXPECT_GT(report.network.on_chip.value->low, without.network.on_chip.value->low + 82.85);
  // Two layers with tables: twice the memory.
  run.layers[0].table_bytes = 256;
  const CostReport both = cost_of(technology, run, {});
  EXPECT_DOUBLE_EQ(std::ranges::find_if(both.area, named)->figure.value->low,
                   buses * technology.entry("sram.2p.8bit.512B.area").value->low);
}

TEST(Cost, ComparesSerialAndParallelCells) {
  const Technology technology = find_technology("sg13g2");
  const SimulationResult run = tests::cost_run(CellKind::kMultiplexed, 8, false);
  const CostComparison comparison =
      compare_costs(technology, std::vector<NamedSimulation>{{"it", run}}, run.config, {});
  ASSERT_EQ(comparison.rows.size(), 1U);
  EXPECT_EQ(comparison.serial->energy.value, (Range{23.41, 23.41}));
  EXPECT_EQ(comparison.parallel->energy.value, (Range{8.73, 8.73}));
  EXPECT_EQ(comparison.serial->data_wires, 8U);
  EXPECT_EQ(comparison.parallel->data_wires, 64U);
  EXPECT_EQ(comparison.serial->macs_per_clock, 0.125);
}

}  // namespace
}  // namespace colcomb::cost
