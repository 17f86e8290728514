#pragma once

#include <cstdint>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

/// Clocks and bytes of `images` images with an array of its own for every layer (paper, section
/// 3.6). Requires: images > 0, config.batch is 1. Errors: those of tiling::compile_pipeline.
[[nodiscard]] SimulationResult count_pipelined(const QuantizedNetwork& network,
                                               const ArrayConfig& config, std::uint64_t images);

}  // namespace colcomb::simulation
