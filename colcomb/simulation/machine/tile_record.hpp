#pragma once

#include <cstdint>
#include <optional>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation::machine {

/// What has been seen of one executed tile at the blocks' outputs: clocks, and accesses counted.
struct TileRecord {
  std::optional<std::uint64_t> dram;         // first clock with all it needs from DRAM there
  std::optional<std::uint64_t> load;         // first weight-load cycle at cell (0, 0)
  std::optional<std::uint64_t> begin;        // first bit at cell (0, 0)
  std::optional<std::uint64_t> last_word;    // first bit of the last word
  std::optional<std::uint64_t> last_result;  // of the last row, behind its output block
  std::optional<std::uint64_t> done;         // the controller may know that all is written
  ActivityCount activity;
};

}  // namespace colcomb::simulation::machine
