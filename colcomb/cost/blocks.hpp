#pragma once

#include <string>
#include <vector>

#include "colcomb/cost/machine.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// All blocks of one sort around an array.
struct BlockCost {
  std::string name;
  CostFigure area;        // um2
  CostFigure flip_flops;  // how many
  CostFigure delay;       // ns, the longest between its registers
  bool skew = false;      // the skew registers of the weights
};

/// Column feeders, row feeders, ReLU and quantization, output crossbar, weight loader, its skew
/// registers, pooling units, pooling windows: the same list for every technology.
[[nodiscard]] std::vector<BlockCost> block_costs(const Technology& technology,
                                                 const ArrayUnit& unit);

}  // namespace colcomb::cost
