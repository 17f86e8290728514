#pragma once

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation {

// The parts of a result that no engine has to find out: names, shapes, cells and, once clocks and
// bytes are counted, their sums and the advice. `total` is named "network" and has no rows and
// groups of its own.

/// One part per tile of a compiled program's schedule and per layer, all counts zero, as
/// tiling::describe_schedule has them of a network but for the mark of fixed layers.
[[nodiscard]] SimulationResult describe_program(const TileProgram& program);

/// One part per layer on its own array, all counts zero.
[[nodiscard]] SimulationResult describe_pipelined(const QuantizedNetwork& network,
                                                  const tiling::Pipeline& pipeline);

/// tiling::sum_tiles, and writes the advice for layers whose weights are not fixed. Requires:
/// `result` comes from tiling::describe_schedule with this schedule; tiles are counted; interval is
/// set.
void complete_layered(SimulationResult& result, const Schedule& schedule);

/// Sums the layers' counts into the total and writes the advice.
/// Requires: `result` comes from describe_pipelined; layers are counted; interval is set.
void complete_pipelined(SimulationResult& result, const tiling::Pipeline& pipeline);

}  // namespace colcomb::simulation
