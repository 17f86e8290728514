#pragma once

#include <cstdint>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation {

// docs/reference/cycle-model.md, "What is counted".

/// Of a layer on an array of its own over `images` images, the configuration included.
[[nodiscard]] ActivityCount pipelined_activity(const QuantizedNetwork& network,
                                               const tiling::Pipeline& pipeline, std::size_t layer,
                                               std::uint64_t images);

}  // namespace colcomb::simulation
