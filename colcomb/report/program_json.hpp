#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::report {

// Tile programs for machines: names as in the structs, bytes and clocks, addresses as numbers.
// Requires: validate(program) passes.

/// Numbers of layers, tiles, descriptors and transfers; bytes of weights and external memory.
[[nodiscard]] nlohmann::ordered_json program_sizes(const TileProgram& program);

/// Sizes, array, image, memory, slots, layers, tiles.
[[nodiscard]] nlohmann::ordered_json to_json(const TileProgram& program);

/// One tile with its descriptors and transfers. Requires: there is such a tile.
[[nodiscard]] nlohmann::ordered_json tile_json(const TileProgram& program, std::size_t tile);

}  // namespace colcomb::report
