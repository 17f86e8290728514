#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/semantics/image_values.hpp"

namespace colcomb::simulation {

/// What a machine did with some images.
struct Simulation {
  SimulationResult result;                     // clocks and counts
  std::vector<semantics::ImageValues> values;  // what the machine gave for each image
};

/// Both engines run `images` (whole raw images, one after the other, a multiple of config.batch)
/// through the machine of docs/reference/cycle-model.md, and give equal results but for
/// `result.engine`.
/// Requires: validate() passes for both; images is not empty.
/// Errors: UserError where the network does not fit the array: a layer with more columns in a group
/// than the array has data lines, an accumulation that may not fit accumulation_bits, buffers too
/// small for one tile.

/// Values by the integer network, clocks in closed form: whole networks in milliseconds. `progress`
/// counts images.
[[nodiscard]] Simulation simulate_fast(const QuantizedNetwork& network, const ArrayConfig& config,
                                       std::span<const std::uint8_t> images, std::size_t threads,
                                       const ProgressFunction& progress = nullptr);

/// The same clocks and counts for `images` images, a multiple of config.batch and at least one,
/// without values. Errors: the same.
[[nodiscard]] SimulationResult count_network(const QuantizedNetwork& network,
                                             const ArrayConfig& config, std::uint64_t images);

/// Every cell at every clock.
[[nodiscard]] Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                                        std::span<const std::uint8_t> images);

/// A compiled program in the exact engine, which reads nothing but the program and the images
/// (whole raw ones, a multiple of the program's batch). The layers have no advice. Requires:
/// validate(program) passes; images is not empty.
[[nodiscard]] Simulation simulate_program(const TileProgram& program,
                                          std::span<const std::uint8_t> images);

/// The same clocks and counts in closed form, without values, for `images` images.
/// Requires: validate(program) passes; images is a multiple of the program's batch, at least one.
[[nodiscard]] SimulationResult count_program(const TileProgram& program, std::uint64_t images);

}  // namespace colcomb::simulation
