#pragma once

#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::tiling {

// docs/reference/cycle-model.md, "What is counted".

/// What a tile's counts depend on besides itself.
struct TileFacts {
  bool classifier = false;          // its results are logits
  bool to_dram = false;             // its results go to the output buffer
  bool kept = false;                // and to the residual buffer
  std::uint64_t residual_rows = 0;  // of its rows, those that have a residual source
  bool table = false;               // its results go through an activation table
};

/// Of one execution of a tile.
[[nodiscard]] ActivityCount tile_activity(const Tile& tile, const ArrayConfig& config,
                                          const TileFacts& facts);

}  // namespace colcomb::tiling
