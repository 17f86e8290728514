#pragma once

#include <cstdint>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation {

// docs/reference/cycle-model.md, "What is counted".

/// What a tile's counts depend on besides itself.
struct TileFacts {
  bool classifier = false;          // its results are logits
  bool to_dram = false;             // its results go to the output buffer
  bool kept = false;                // and to the residual buffer
  std::uint64_t residual_rows = 0;  // of its rows, those that have a residual source
};

/// Of one execution of a tile.
[[nodiscard]] ActivityCount tile_activity(const Tile& tile, const ArrayConfig& config,
                                          const TileFacts& facts);

/// Of a layer on an array of its own over `images` images, the configuration included.
[[nodiscard]] ActivityCount pipelined_activity(const QuantizedNetwork& network,
                                               const tiling::Pipeline& pipeline, std::size_t layer,
                                               std::uint64_t images);

}  // namespace colcomb::simulation
