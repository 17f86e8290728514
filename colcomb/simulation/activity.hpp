#pragma once

#include <cstdint>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

// docs/reference/cycle-model.md, "What is counted".

/// Of one execution of a tile.
[[nodiscard]] ActivityCount tile_activity(const Tile& tile, const NetworkDescription& network,
                                          const ArrayConfig& config, const Schedule& schedule);

/// Of a layer on an array of its own over `images` images, the configuration included.
[[nodiscard]] ActivityCount pipelined_activity(const QuantizedNetwork& network,
                                               const ArrayConfig& config, std::size_t layer,
                                               std::uint64_t images);

/// Bytes of a layer's packed weights for an array of its own.
[[nodiscard]] std::uint64_t pipelined_weight_bytes(const QuantizedLayer& layer,
                                                   const ArrayConfig& config);

}  // namespace colcomb::simulation
