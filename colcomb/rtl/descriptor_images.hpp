#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/program_index.hpp"

namespace colcomb::rtl {

// The descriptor memories beside the blocks.

/// Of sa_column_feeder, column `column`: index.column_lines() words of read_ports() descriptors.
/// `ring`: pixels of its planes, 0: whole maps.
[[nodiscard]] std::vector<Bits> column_lines(const TileProgram& program, const Bundles& bundles,
                                             const ProgramIndex& index, std::size_t column,
                                             std::uint64_t ring = 0);
/// Of sa_row_feeder, row `row`: a descriptor per row tile.
[[nodiscard]] std::vector<Bits> row_descriptors(const TileProgram& program, const Bundles& bundles,
                                                const ProgramIndex& index, std::size_t row);
/// Of the result side, row `row`: where in its residual bank the row's map begins, per row tile.
[[nodiscard]] std::vector<Bits> keep_descriptors(const TileProgram& program, const Bundles& bundles,
                                                 const ProgramIndex& index, std::size_t row);
/// Of sa_output_crossbar, bank `bank` of `banks`: words of write_ports() descriptors, at least one
/// word.
[[nodiscard]] std::vector<Bits> write_lines(const TileProgram& program, const Bundles& bundles,
                                            const ProgramIndex& index, std::size_t bank,
                                            std::size_t banks);
/// Of sa_activation_table, of every bus: a byte a word, one table behind the other; empty without.
[[nodiscard]] std::vector<Bits> table_bytes(const ProgramIndex& index);

}  // namespace colcomb::rtl
