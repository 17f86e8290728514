#pragma once

#include <cstdint>
#include <string>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/machine_folder.hpp"

namespace colcomb::rtl {

/// README.md of a machine's folder: what it holds, how it is run, what to expect.
[[nodiscard]] std::string folder_readme(const TileProgram& program, const ExpectedRun& expected,
                                        std::uint64_t batches, const std::string& name);

}  // namespace colcomb::rtl
