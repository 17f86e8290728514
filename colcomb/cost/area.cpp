#include "colcomb/cost/area.hpp"

#include <algorithm>
#include <string>

#include "colcomb/cost/blocks.hpp"
#include "colcomb/cost/cells.hpp"
#include "colcomb/cost/figure.hpp"
#include "colcomb/cost/traffic.hpp"

namespace colcomb::cost {
namespace {

/// Adds the figure to the part of this name, which is made where there is none.
void accumulate(std::vector<CostPart>& parts, const std::string& name, const CostFigure& figure) {
  const auto found = std::ranges::find(parts, name, &CostPart::name);
  if (found == parts.end()) {
    parts.push_back({name, figure, ""});
  } else {
    found->figure = found->figure + figure;
  }
}

void add_cells(Resources& resources, const Technology& technology, const ArrayUnit& unit,
               bool gated) {
  const CellCost cell = cell_cost(technology, unit.config, unit.config.alpha, gated);
  const auto cells = static_cast<double>(unit.cells);
  accumulate(resources.area, "cells", cells * cell.area);
  accumulate(resources.logic, "cells", cells * cell.luts);
}

void add_memories(Resources& resources, const Technology& technology, const ArrayUnit& unit) {
  for (const Memory& memory : unit.memories) {
    const BankCost bank = bank_cost_of(technology, memory);
    const auto banks = static_cast<double>(memory.banks);
    accumulate(resources.area, name_of(memory.store), banks * bank.area);
    accumulate(resources.block_rams, name_of(memory.store), banks * bank.block_rams);
  }
}

/// Of the first array alone: the others' cells and blocks are the same ones.
void add_clocks(Resources& resources, const Technology& technology, const ArrayUnit& unit,
                bool gated) {
  auto& limits = resources.clock_limits;
  const CellCost cell = cell_cost(technology, unit.config, unit.config.alpha, gated);
  limits.push_back({"cells", quotient(1e3, cell.delay), ""});
  for (const BlockCost& block : block_costs(technology, unit))
    if (!block.skew) limits.push_back({block.name, quotient(1e3, block.delay), ""});
  limits.push_back({"array, placed and routed", technology.entry("clock.array"), ""});
}

}  // namespace

Resources resources_of(const Technology& technology, const Machine& machine, bool gated) {
  Resources resources;
  for (const ArrayUnit& unit : machine.arrays) add_cells(resources, technology, unit, gated);
  for (const ArrayUnit& unit : machine.arrays) {
    for (const BlockCost& block : block_costs(technology, unit)) {
      accumulate(resources.area, block.name, block.area);
      accumulate(resources.logic, block.name, absent("its LUTs are not known"));
    }
  }
  for (const ArrayUnit& unit : machine.arrays) add_memories(resources, technology, unit);
  if (machine.row_exponents)
    resources.area.push_back({"row exponents", absent("no area of theirs is known"), ""});
  resources.area.push_back(
      {"controller and DRAM channel", absent("no area of theirs is known"), ""});
  add_clocks(resources, technology, machine.arrays.front(), gated);
  return resources;
}

}  // namespace colcomb::cost
