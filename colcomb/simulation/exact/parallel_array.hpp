#pragma once

#include <memory>

#include "colcomb/simulation/exact/array.hpp"

namespace colcomb::simulation {

/// An array of parallel cells as vectors of integers. Requires: config.cell is kParallel.
[[nodiscard]] std::unique_ptr<SystolicArray> make_parallel_array(const ArrayConfig& config);

}  // namespace colcomb::simulation
