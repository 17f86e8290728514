#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::rtl {

/// Parameters of the machine's modules: memories are those of the array description, widths and
/// numbers of records the least that a program needs. Members have the names that the modules use.
struct MachineParameters {
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) std::uint32_t name = 0;  // NOLINT
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER

  bool operator==(const MachineParameters&) const = default;
};

/// Parameters for `batches` batches of images.
/// Requires: the program passes validate(), batches from 1.
/// Errors: UserError (file `where`) for a program that the RTL cannot run in the clocks of the
/// machine, naming tile, field, value and rule: send_gap below the Q of the tile before (two words
/// would be on their way to the rows at once), more writes of a bank than rows, more than 4095
/// pixels along a side of a pooling window's kernel, more than 256 different activation tables.
[[nodiscard]] MachineParameters machine_parameters(const TileProgram& program,
                                                   std::uint64_t batches, const std::string& where);

/// Those of sa_datapath, its memories and its tokens alone.
/// Requires and errors: as above, but for send_gap.
[[nodiscard]] MachineParameters path_parameters(const TileProgram& program,
                                                const std::string& where);

/// What serves both. Requires: both are of programs of one array.
[[nodiscard]] MachineParameters shared_parameters(const MachineParameters& a,
                                                  const MachineParameters& b);

/// Names and values, in the order of machine_parameters.def.
[[nodiscard]] std::vector<std::pair<std::string, std::uint32_t>> listed(
    const MachineParameters& parameters);

}  // namespace colcomb::rtl
