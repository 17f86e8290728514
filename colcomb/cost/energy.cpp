#include "colcomb/cost/energy.hpp"

#include <algorithm>

#include "colcomb/cost/blocks.hpp"
#include "colcomb/cost/cells.hpp"
#include "colcomb/cost/figure.hpp"
#include "colcomb/cost/traffic.hpp"

namespace colcomb::cost {
namespace {

/// What a layer did for one image.
struct Work {
  double useful = 0;       // MACs
  double wasted = 0;       // MACs
  double clocks = 0;       // of its array
  double cell_clocks = 0;  // clocks times cells
};

Work work_of(const SimulatedPart& layer, double images) {
  const double clocks = static_cast<double>(layer.cycles.total()) / images;
  return {static_cast<double>(layer.activity.useful_macs) / images,
          static_cast<double>(layer.activity.wasted_macs) / images, clocks,
          clocks * static_cast<double>(layer.array_cells)};
}

/// The cells' parts: what one of alpha 1 does, and beside it what more data lines add.
void add_cells(std::vector<CostPart>& parts, const CellCost& one, const CellCost& cell,
               const ArrayConfig& config, const Work& work) {
  const std::size_t interval = config.word_interval();
  const CostFigure plain = assuming(one.beyond_clock(interval), "random_data");
  const Range wasted{0, work.wasted};
  parts.push_back({"useful MACs", work.useful * plain, "MACs"});
  parts.push_back({"wasted MACs", assuming(wasted * plain, "wasted_macs"), "MACs"});
  parts.push_back({"clock of the cells", work.cell_clocks * one.idle, "clocks"});
  CostFigure more = exactly(0);
  if (config.alpha > 1) {
    const CostFigure beyond =
        assuming(cell.beyond_clock(interval) - one.beyond_clock(interval), "random_data");
    more = work.cell_clocks * (cell.idle - one.idle) + work.useful * beyond + wasted * beyond;
  }
  parts.push_back({"multiplexing", assuming(std::move(more), "multiplexing"), "multiplexing"});
}

void add_blocks(std::vector<CostPart>& parts, const Technology& technology,
                const std::vector<BlockCost>& blocks, double clocks) {
  const CostFigure of_bit = assuming(technology.entry("register_bit.energy_idle"), "block_clock");
  for (const BlockCost& block : blocks)
    parts.push_back({"clock of the " + block.name, clocks * (block.flip_flops * of_bit), "clocks"});
}

void add_leakage(std::vector<CostPart>& parts, const Technology& technology, const ArrayUnit& unit,
                 const CellCost& cell, const std::vector<BlockCost>& blocks, double clocks) {
  // mW for a clock of 1 / MHz us: nJ, 1000 pJ.
  const double pj_per_mw = 1e3 * clocks / unit.config.clock_mhz;
  parts.push_back({"leakage of the cells",
                   pj_per_mw * static_cast<double>(unit.cells) * cell.leakage, "leakage"});
  std::vector<CostPart> bits;
  for (const BlockCost& block : blocks) {
    bits.push_back({"leakage of the " + block.name,
                    block.flip_flops * technology.entry("register_bit.leakage"), ""});
  }
  parts.push_back({"leakage of the blocks' flip-flops", pj_per_mw * sum(bits), "leakage"});
  CostFigure buffers = exactly(0);
  for (const Memory& memory : unit.memories) {
    const BankCost bank = bank_cost_of(technology, memory);
    buffers = buffers + static_cast<double>(memory.banks) * bank.leakage;
  }
  parts.push_back({"leakage of the buffers", pj_per_mw * buffers, "leakage"});
}

}  // namespace

std::vector<CostEnergy> layer_energies(const Technology& technology, const SimulationResult& result,
                                       const Machine& machine, bool gated) {
  const ArrayConfig& config = result.config;
  const auto images = static_cast<double>(result.images);
  const CellCost cell = cell_cost(technology, config, config.alpha, gated);
  const CellCost one = cell_cost(technology, config, 1, gated);
  std::vector<CostEnergy> layers;
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const SimulatedPart& layer = result.layers[i];
    const ArrayUnit& unit = machine.array_of(i);
    const Work work = work_of(layer, images);
    const std::vector<BlockCost> blocks = block_costs(technology, unit);
    CostEnergy& energy = layers.emplace_back();
    energy.name = layer.name;
    add_cells(energy.parts, one, cell, config, work);
    add_blocks(energy.parts, technology, blocks, work.clocks);
    for (CostPart& part : traffic_energy(technology, result, machine, i))
      energy.parts.push_back(std::move(part));
    add_leakage(energy.parts, technology, unit, cell, blocks, work.clocks);
    energy.parts.push_back(
        {"controller and DRAM channel", absent("no energy of theirs is known"), "control"});
    energy.on_chip = sum(energy.parts);
    const double dram_bits =
        8 * static_cast<double>(layer.activity.dram_read_bytes + layer.activity.dram_write_bytes) /
        images;
    energy.dram = dram_bits * technology.entry("dram.energy");
  }
  return layers;
}

CostEnergy network_energy(const std::vector<CostEnergy>& layers) {
  CostEnergy network;
  network.name = "network";
  network.dram = exactly(0);
  for (const CostEnergy& layer : layers) {
    if (network.parts.empty()) {
      network.parts = layer.parts;
    } else {
      for (std::size_t p = 0; p < network.parts.size(); ++p)
        network.parts[p].figure = network.parts[p].figure + layer.parts[p].figure;
    }
    network.dram = network.dram + layer.dram;
  }
  network.on_chip = sum(network.parts);
  return network;
}

}  // namespace colcomb::cost
