#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// A word that a machine writes to the external memory.
struct DramWrite {
  std::uint64_t clock = 0;    // in which it was moved
  std::uint64_t address = 0;  // bytes
};

/// A run as the external memory sees it.
struct DramRun {
  Simulation simulation;             // clocks, counts and values
  std::vector<DramWrite> writes;     // in their order
  std::vector<std::uint8_t> images;  // whole batches as the memory map has them, without the logits
};

/// simulate_program, every clock of it, with the words that go to the external memory. Requires: as
/// there.
[[nodiscard]] DramRun run_with_dram(const TileProgram& program,
                                    std::span<const std::uint8_t> images);

}  // namespace colcomb::simulation
