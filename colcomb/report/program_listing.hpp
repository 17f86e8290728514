#pragma once

#include <cstddef>
#include <string>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::report {

// Tile programs for people. Bank addresses are decimal bytes, DRAM addresses hexadecimal ones.
// Requires: validate(program) passes.

/// Sizes: tiles, weights, descriptors, external memory.
[[nodiscard]] std::string program_summary(const TileProgram& program);

/// The sizes, external memory and buffers, a line per layer and a line per tile.
[[nodiscard]] std::string program_listing(const TileProgram& program);

/// All registers, descriptors and transfers of one tile. Requires: there is such a tile.
[[nodiscard]] std::string tile_listing(const TileProgram& program, std::size_t tile);

}  // namespace colcomb::report
