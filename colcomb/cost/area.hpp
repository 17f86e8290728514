#pragma once

#include <vector>

#include "colcomb/cost/machine.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// What a machine takes, part by part; those that a technology does not give are absent.
struct Resources {
  std::vector<CostPart> area;          // um2
  std::vector<CostPart> logic;         // LUTs
  std::vector<CostPart> block_rams;    // blocks
  std::vector<CostPart> clock_limits;  // MHz
};

[[nodiscard]] Resources resources_of(const Technology& technology, const Machine& machine,
                                     bool gated);

}  // namespace colcomb::cost
