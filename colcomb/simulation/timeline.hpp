#pragma once

#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/timeline.hpp"

namespace colcomb::simulation {

/// Of the first `batches` batches. Layer after layer: the tracks "array" (a tile's input words),
/// "weights" (weight-load cycles), "DRAM" (transfers), "results" (from a tile's first whole
/// accumulation until all is written) and "idle array" (what the array waits for). Cross-layer: the
/// images in DRAM and each layer's array, from an image's first word to its last result. The clocks
/// are those of the closed form, which the exact engine equals.
/// Errors: those of tiling::make_schedule.
[[nodiscard]] Timeline timeline_of(const QuantizedNetwork& network, const ArrayConfig& config,
                                   std::uint64_t batches);

}  // namespace colcomb::simulation
