#pragma once

#include <span>
#include <string>
#include <string_view>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// Kinds of cells as technology files name them: "bl", "il", "mx", "parallel"; with "-single" a
/// single weight register, with "-gated" a clock gate at weight and select.
[[nodiscard]] std::span<const std::string_view> cell_kinds();

/// Bits of accumulation of the cells and blocks that technologies know.
inline constexpr std::size_t kMeasuredBits = 32;

/// The kind of a described array's cells.
[[nodiscard]] std::string cell_kind(const ArrayConfig& config, bool gated);

/// What one cell costs.
struct CellCost {
  CostFigure area;     // um2
  CostFigure mac;      // pJ of a multiply-accumulate, clock included
  CostFigure idle;     // pJ of a clock without one
  CostFigure leakage;  // mW
  CostFigure delay;    // ns, the longest between its registers
  CostFigure luts;

  /// What a multiply-accumulate adds to its clocks' energy.
  [[nodiscard]] CostFigure beyond_clock(std::size_t word_interval) const;
};

/// Of the described array's cells, with `alpha` data lines. The technology's own entries of the
/// cell; where it gives energies of single operations instead, the cell's registers and operations
/// (docs/reference/cost.md, "Cells"). Absent beyond its table of alpha, and where accumulations do
/// not have the 32 bits of the cells that the tables are of.
[[nodiscard]] CellCost cell_cost(const Technology& technology, const ArrayConfig& config,
                                 std::size_t alpha, bool gated);

/// What cells of `alpha` cost beyond those of alpha 1: pJ of a clock, and of a multiply-accumulate
/// beyond its clocks. What both have alike is in neither.
struct MultiplexingCost {
  CostFigure idle;
  CostFigure beyond_clock;
};
[[nodiscard]] MultiplexingCost multiplexing_cost(const Technology& technology,
                                                 const ArrayConfig& config, std::size_t alpha,
                                                 bool gated);

}  // namespace colcomb::cost
