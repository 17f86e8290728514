#pragma once

#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/rings.hpp"

namespace colcomb::rtl {

// The controller's memories, in the program's order; the last record of each says so.

[[nodiscard]] std::vector<Bits> load_records(const TileProgram& program, const Bundles& bundles);
[[nodiscard]] std::vector<Bits> tile_records(const TileProgram& program, const Bundles& bundles,
                                             const ProgramIndex& index);
/// The tiles with which the machine takes the next layer record: the first of each layer, and in a
/// layer that reads several maps each that reads one of another size, or by another stride, than
/// the tile before; of a program without any change, the first tile.
[[nodiscard]] std::vector<std::size_t> layer_record_tiles(const TileProgram& program);
/// `rings`: steps of places in them.
[[nodiscard]] std::vector<Bits> layer_records(const TileProgram& program, const Bundles& bundles,
                                              const ProgramIndex& index, const Rings& rings = {});

}  // namespace colcomb::rtl
