#pragma once

#include <cstddef>
#include <string>

#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation {

// One sentence per layer: what takes most of its clocks, their share, and what would help. Both are
// functions of counted results alone.
// Requires: the layer's cycles and activity, and the run's interval, are final.

[[nodiscard]] std::string layered_advice(const SimulationResult& result, const Schedule& schedule,
                                         std::size_t layer);

[[nodiscard]] std::string pipelined_advice(const SimulationResult& result,
                                           const tiling::Pipeline& pipeline, std::size_t layer);

}  // namespace colcomb::simulation
