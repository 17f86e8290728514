#pragma once

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::tiling {

/// Everything that the machine of `config` needs to run the network, layer after layer
/// (docs/reference/tile-program.md); its schedule is make_schedule's.
/// Requires: validate() passes for both, config.cross_layer is not set.
/// Errors: those of make_schedule.
[[nodiscard]] TileProgram compile(const QuantizedNetwork& network, const ArrayConfig& config);

}  // namespace colcomb::tiling
