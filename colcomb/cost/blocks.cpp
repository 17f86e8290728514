#include "colcomb/cost/blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "colcomb/cost/cells.hpp"
#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

constexpr std::size_t kMeasuredWindows = 4;  // of the pooling windows' blocks

using Look = std::function<CostFigure(const std::string& quantity)>;

BlockCost block(std::string name, double count, const Look& look) {
  return {std::move(name), count * look("area"), count * look("flip_flops"), look("delay"), false};
}

/// Shift registers that bring column j its load lines, and the bit that says they are valid, j
/// clocks later.
BlockCost skew_registers(const Technology& technology, const ArrayConfig& config) {
  const double lines = static_cast<double>(config.load_lines() + 1);
  const double columns = static_cast<double>(config.columns);
  const double bits = lines * columns * (columns - 1) / 2;
  BlockCost cost;
  cost.name = "weight skew registers";
  cost.skew = true;
  cost.flip_flops = exactly(bits);
  cost.area = bits * technology.entry("register_bit.area");
  cost.delay = absent("a shift register sets no clock");
  return cost;
}

}  // namespace

std::vector<BlockCost> block_costs(const Technology& technology, const ArrayUnit& unit) {
  const ArrayConfig& config = unit.config;
  const std::size_t interval = config.word_interval();
  // IL cells and MX cells have the same feeders and quantizers.
  ArrayConfig plain = config;
  plain.double_buffering = true;
  if (plain.cell == CellKind::kInterleaved) plain.cell = CellKind::kMultiplexed;
  const std::string kind = cell_kind(plain, false);
  const auto entry = [&technology](const std::string& path) {
    return [&technology, path](const std::string& quantity) {
      return technology.entry(path + "." + quantity);
    };
  };
  const auto of_accumulation = [&](const std::string& path) -> Look {
    if (config.accumulation_bits == kMeasuredBits) return entry(path);
    return [&](const std::string&) {
      return absent(fmt::format("blocks are known with {} bits of accumulation", kMeasuredBits));
    };
  };
  const auto table = [&technology](const std::string& prefix, const std::string& dimension,
                                   std::size_t n) {
    return [&technology, prefix, dimension, n](const std::string& quantity) {
      return technology.tabulated(prefix, dimension, n, quantity);
    };
  };
  const auto rows = static_cast<double>(config.rows);
  const auto columns = static_cast<double>(config.columns);
  const auto buses = static_cast<double>(config.row_buses());
  const std::size_t bus_rows = std::min(config.rows, config.rows_per_bus());

  std::vector<BlockCost> blocks;
  blocks.push_back(
      block("column feeders", columns, table("block.column_feeder", "alpha", config.alpha)));
  if (config.bank_ports > 1) {
    for (CostFigure* figure : {&blocks.back().area, &blocks.back().flip_flops})
      *figure = assuming(*figure, "one_bank_port");
  }
  blocks.push_back(block("row feeders", rows, of_accumulation("block.row_feeder." + kind)));
  blocks.push_back(
      block("ReLU and quantization", rows, of_accumulation("block.relu_quant." + kind)));
  // The rows' part was synthesized with one bank.
  BlockCost crossbar =
      block("output crossbar", 1,
            table(fmt::format("block.crossbar_rows.interval{}", interval), "rows", config.rows));
  const BlockCost banks = block("", columns * static_cast<double>(config.bank_ports) - 1,
                                table("block.crossbar_bank", "rows", config.rows));
  crossbar.area = crossbar.area + banks.area;
  crossbar.flip_flops = crossbar.flip_flops + banks.flip_flops;
  blocks.push_back(std::move(crossbar));
  blocks.push_back(block("weight loader", 1, entry("block.weight_loader")));
  blocks.push_back(skew_registers(technology, config));
  blocks.push_back(block("pooling units", buses, table("block.pooling_unit", "rows", bus_rows)));
  const Look windows =
      config.pooling_windows == kMeasuredWindows
          ? Look(table("block.window_unit", "rows", bus_rows))
          : Look([](const std::string&) {
              return absent(fmt::format("pooling windows are known for {} windows of a pixel",
                                        kMeasuredWindows));
            });
  blocks.push_back(block("pooling windows", buses, windows));
  return blocks;
}

}  // namespace colcomb::cost
