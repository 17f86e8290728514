#pragma once

#include <cstdint>
#include <string>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"
#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

/// Batches for which the programs' parameters are made.
inline constexpr std::uint64_t kProgramBatches = 5;

/// A random network compiled for a random array; the same for the same seed.
[[nodiscard]] TileProgram random_program(std::uint64_t seed);

/// Those of the machine's parameters that `module` has, for random_program(seed).
[[nodiscard]] Parameters program_parameters(const std::string& module, std::uint64_t seed);

/// A bundle's value on wires; fields that are not set say nothing, and none does unless `valid`.
void put_values(WireValues& wires, const rtl::Values& values, bool valid);
void put_bits(WireValues& wires, const rtl::Bits& bits, std::size_t count);

}  // namespace colcomb::tests
