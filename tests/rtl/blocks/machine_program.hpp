#pragma once

#include <cstdint>
#include <string>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"
#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

/// Batches of images that a line's program runs: `batches`, or 5.
[[nodiscard]] std::uint64_t batches_of(const Parameters& line);

/// A random network compiled for a random array; the same for the same seed.
[[nodiscard]] TileProgram random_program(std::uint64_t seed);

/// The machine's parameters for the tile program that a line of blocks.txt names. With `wider` in
/// the line widths and numbers are so much larger than the program needs, as where one machine
/// serves several programs.
[[nodiscard]] rtl::MachineParameters machine_parameters_of(const TileProgram& program,
                                                           const Parameters& line);

/// Those of them that `module` has.
[[nodiscard]] Parameters program_parameters(const std::string& module, const Parameters& line);

/// A bundle's value on wires; fields that are not set say nothing, and none does unless `valid`.
void put_values(WireValues& wires, const rtl::Values& values, bool valid);
void put_bits(WireValues& wires, const rtl::Bits& bits, std::size_t count);

}  // namespace colcomb::tests
