#include "colcomb/cost/cells.hpp"

#include <fmt/format.h>

#include <array>

#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

constexpr auto kKinds = std::to_array<std::string_view>(
    {"bl", "il", "mx", "parallel", "bl-single", "il-single", "mx-single", "parallel-single",
     "bl-gated", "il-gated", "mx-gated", "parallel-gated", "bl-single-gated", "il-single-gated",
     "mx-single-gated", "parallel-single-gated"});

/// What a cell does in a clock, or a parallel one for a word, beside its registers.
struct Operations {
  double adds8 = 0;   // additions, in additions of 8 bits
  double adds32 = 0;  // in additions of 32 bits
  double muls8 = 0;
  double gates32 = 0;  // two-input gates, in rows of 32
};

Operations operations_of(const ArrayConfig& config, std::size_t alpha) {
  Operations operations;
  const bool parallel = config.cell == CellKind::kParallel;
  const double selected_bits = parallel ? 8 : 1;
  operations.gates32 = selected_bits * static_cast<double>(2 * alpha - 2) / 32;
  if (parallel) {
    operations.muls8 = 1;
    operations.adds32 = 1;
  } else {
    operations.adds8 = 9.0 / 8;  // the 9-bit addition of the newest word's partial product
    operations.adds32 = static_cast<double>(config.streams()) / 32;  // a bit of each stream
  }
  return operations;
}

CostFigure operations_sum(const Technology& technology, const Operations& operations,
                          const std::string& quantity) {
  // Horowitz's and Aladdin's tables differ in the widths they have: an addition of 8 bits is a
  // quarter of one of 32 where only that is given.
  const CostFigure adds8 = technology.has("add8." + quantity)
                               ? operations.adds8 * technology.entry("add8." + quantity)
                               : operations.adds8 / 4 * technology.entry("add32." + quantity);
  return adds8 + operations.adds32 * technology.entry("add32." + quantity) +
         operations.muls8 * technology.entry("mul8." + quantity) +
         operations.gates32 * technology.entry("logic32." + quantity);
}

CellCost composed(const Technology& technology, const ArrayConfig& config, std::size_t alpha,
                  const std::string& prefix) {
  const Operations operations = operations_of(config, alpha);
  const CostFigure bits = technology.tabulated(prefix, "alpha", alpha, "flip_flops");
  const auto clocks = static_cast<double>(config.word_interval());
  const auto cell = [&](const std::string& quantity) {
    return assuming(bits * technology.entry("register_bit." + quantity) +
                        operations_sum(technology, operations, quantity),
                    "composed_cells");
  };
  CellCost cost;
  cost.area = cell("area");
  cost.leakage = cell("leakage");
  cost.idle = assuming(bits * technology.entry("register_bit.energy_idle"), "composed_cells");
  cost.mac = clocks * cell("energy");
  cost.delay = absent(fmt::format("{} gives no {}.alpha{}.delay", technology.name, prefix, alpha));
  cost.luts = absent(fmt::format("{} gives no {}.alpha{}.luts", technology.name, prefix, alpha));
  return cost;
}

}  // namespace

std::span<const std::string_view> cell_kinds() {
  return kKinds;
}

std::string cell_kind(const ArrayConfig& config, bool gated) {
  std::string kind;
  switch (config.cell) {
    case CellKind::kBalanced:
      kind = "bl";
      break;
    case CellKind::kInterleaved:
      kind = "il";
      break;
    case CellKind::kMultiplexed:
      kind = "mx";
      break;
    case CellKind::kParallel:
      kind = "parallel";
      break;
  }
  if (!config.double_buffering) kind += "-single";
  if (gated) kind += "-gated";
  return kind;
}

CostFigure CellCost::beyond_clock(std::size_t word_interval) const {
  return mac - static_cast<double>(word_interval) * idle;
}

CellCost cell_cost(const Technology& technology, const ArrayConfig& config, std::size_t alpha,
                   bool gated) {
  if (config.accumulation_bits != kMeasuredBits) {
    const CostFigure none =
        absent(fmt::format("cells are known with {} bits of accumulation, not {}", kMeasuredBits,
                           config.accumulation_bits));
    return {none, none, none, none, none, none};
  }
  const std::string prefix = "cell." + cell_kind(config, gated);
  // A technology of single operations has no cells of its own.
  if (technology.has("register_bit.energy")) return composed(technology, config, alpha, prefix);
  const auto own = [&](const std::string& quantity) {
    return technology.tabulated(prefix, "alpha", alpha, quantity);
  };
  return {own("area"),    own("energy_mac"), own("energy_idle"),
          own("leakage"), own("delay"),      own("luts")};
}

MultiplexingCost multiplexing_cost(const Technology& technology, const ArrayConfig& config,
                                   std::size_t alpha, bool gated) {
  const std::size_t interval = config.word_interval();
  const CellCost cell = cell_cost(technology, config, alpha, gated);
  const CellCost one = cell_cost(technology, config, 1, gated);
  if (!cell.mac.value || !technology.has("register_bit.energy"))
    return {cell.idle - one.idle, cell.beyond_clock(interval) - one.beyond_clock(interval)};
  const std::string prefix = "cell." + cell_kind(config, gated);
  const CostFigure bits = technology.tabulated(prefix, "alpha", alpha, "flip_flops") -
                          technology.tabulated(prefix, "alpha", 1, "flip_flops");
  const CostFigure idle = technology.entry("register_bit.energy_idle");
  Operations gates;
  gates.gates32 = operations_of(config, alpha).gates32;
  const CostFigure busy = bits * (technology.entry("register_bit.energy") - idle) +
                          operations_sum(technology, gates, "energy");
  return {assuming(bits * idle, "composed_cells"),
          assuming(static_cast<double>(interval) * busy, "composed_cells")};
}

}  // namespace colcomb::cost
