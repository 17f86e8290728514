#pragma once

#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb::tiling {

/// Clocks from batch to batch in the long run, layer after layer, rounded up. Found from one
/// batch's recurrence, not by waiting: where DRAM is only a little slower than the array, ends
/// may come at another pace for thousands of batches.
[[nodiscard]] std::uint64_t steady_interval(const ArrayConfig& config, const Schedule& schedule);

}  // namespace colcomb::tiling
