#pragma once

#include <cstdint>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

/// Clocks and bytes of `images` images, layer after layer, in closed form per tile.
/// Requires: images is a positive multiple of config.batch.
/// Errors: those of tiling::make_schedule.
[[nodiscard]] SimulationResult count_layered(const QuantizedNetwork& network,
                                             const ArrayConfig& config, std::uint64_t images);

}  // namespace colcomb::simulation
