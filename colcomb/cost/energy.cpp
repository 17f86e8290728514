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

/// All that cells of the array do, and the same in parts: what cells of alpha 1 would cost, and
/// what more data lines add. Where the technology has none of alpha 1, all is the cells'.
struct CellEnergy {
  std::vector<CostPart> all;
  std::vector<CostPart> parts;
};

CellEnergy cell_energy(const Technology& technology, const ArrayConfig& config, bool gated,
                       const Work& work) {
  const std::size_t interval = config.word_interval();
  const Range wasted{0, work.wasted};
  const auto of_cell = [&](const CellCost& cell) -> std::vector<CostPart> {
    const CostFigure beyond = assuming(cell.beyond_clock(interval), "random_data");
    return {{"useful MACs", work.useful * beyond, "MACs"},
            {"wasted MACs", assuming(wasted * beyond, "wasted_macs"), "MACs"},
            {"clock of the cells", work.cell_clocks * cell.idle, "clocks"}};
  };
  CellEnergy energy;
  energy.all = energy.parts = of_cell(cell_cost(technology, config, config.alpha, gated));
  CostFigure multiplexing = exactly(0);
  if (config.alpha > 1) {
    const MultiplexingCost more = multiplexing_cost(technology, config, config.alpha, gated);
    multiplexing = assuming(
        work.cell_clocks * more.idle + work.useful * more.beyond_clock + wasted * more.beyond_clock,
        "multiplexing");
    if (multiplexing.value) energy.parts = of_cell(cell_cost(technology, config, 1, gated));
  }
  energy.parts.push_back({"multiplexing", std::move(multiplexing), "multiplexing"});
  return energy;
}

void add_blocks(std::vector<CostPart>& parts, const Technology& technology,
                const std::vector<BlockCost>& blocks, double clocks) {
  parts.reserve(parts.size() + blocks.size());
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
  std::vector<CostEnergy> layers;
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const SimulatedPart& layer = result.layers[i];
    const ArrayUnit& unit = machine.array_of(i);
    const Work work = work_of(layer, images);
    const std::vector<BlockCost> blocks = block_costs(technology, unit);
    CellEnergy cells = cell_energy(technology, config, gated, work);
    std::vector<CostPart> others;
    add_blocks(others, technology, blocks, work.clocks);
    for (CostPart& part : traffic_energy(technology, result, machine, i))
      others.push_back(std::move(part));
    add_leakage(others, technology, unit, cell, blocks, work.clocks);
    if (machine.row_exponents) {
      others.push_back({"row exponents",
                        layer.row_exponents ? absent("no energy of theirs is known") : exactly(0),
                        "control"});
    }
    others.push_back(
        {"controller and DRAM channel", absent("no energy of theirs is known"), "control"});

    CostEnergy& energy = layers.emplace_back();
    energy.name = layer.name;
    energy.parts = std::move(cells.parts);
    energy.parts.insert(energy.parts.end(), others.begin(), others.end());
    // Of the cells as they are: what those of alpha 1 cost is not in the sum.
    others.insert(others.begin(), cells.all.begin(), cells.all.end());
    energy.on_chip = sum(others);
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
  std::vector<CostPart> sums;
  for (const CostEnergy& layer : layers) {
    if (network.parts.empty()) {
      network.parts = layer.parts;
    } else {
      for (std::size_t p = 0; p < network.parts.size(); ++p)
        network.parts[p].figure = network.parts[p].figure + layer.parts[p].figure;
    }
    network.dram = network.dram + layer.dram;
    sums.push_back({layer.name, layer.on_chip, ""});
  }
  network.on_chip = sum(sums);
  return network;
}

}  // namespace colcomb::cost
