#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation::machine {

/// Runs a tile program clock by clock; it reads nothing but the program and the images.
/// `images`: whole raw images, a multiple of the array's batch, at least one.
/// The result's layers have neither advice nor the mark of fixed ones, which a program does not
/// know.
/// Requires: validate(program) passes.
[[nodiscard]] Simulation run_program(const TileProgram& program,
                                     std::span<const std::uint8_t> images,
                                     const ExactOptions& options);

/// Raw images as the program's memory map has them, batch by batch without the logits.
[[nodiscard]] std::vector<std::uint8_t> images_in_memory(const TileProgram& program,
                                                         std::span<const std::uint8_t> images);

}  // namespace colcomb::simulation::machine
