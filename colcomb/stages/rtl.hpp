#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::stages {

/// Where a machine is written, and under which name.
struct RtlOptions {
  std::filesystem::path out;  // folder
  std::string name;           // of the program, for people
  bool force = false;         // write into a folder that holds something else
};

/// What was written.
struct RtlFolder {
  std::size_t files = 0;      // that were written
  std::uint64_t batches = 0;  // that the bench runs
  std::uint64_t words = 0;    // that the machine writes to DRAM
  std::uint64_t last = 0;     // clock of the last of them
};

/// Writes the machine for a program as a folder (rtl/machine_folder.hpp) whose test bench runs
/// these raw images (a multiple of the program's batch, at least one): what it checks comes from
/// the simulator's exact engine. README.md is written last. Requires: validate(program) passes.
/// Errors: UserError (option_error naming `out`) for a folder that cannot be written or, without
/// `force`, that holds files of something else; for a program that the RTL cannot run.
[[nodiscard]] RtlFolder write_rtl(const TileProgram& program, std::span<const std::uint8_t> images,
                                  const RtlOptions& options);

/// What was written for a cross-layer pipeline.
struct PipelineRtlFolder {
  std::size_t files = 0;            // that were written
  std::uint64_t logits = 0;         // that the test bench expects
  std::uint64_t configuration = 0;  // clocks in which the arrays are loaded
  std::uint64_t last = 0;           // clock of the last logit, from there
};

/// The same for an array of its own for each layer (rtl/pipeline_folder.hpp), whose test bench runs
/// these raw images, at least one. Requires: config.cross_layer.
/// Errors: as above; those of tiling::compile_pipeline.
[[nodiscard]] PipelineRtlFolder write_pipeline_rtl(const QuantizedNetwork& network,
                                                   const ArrayConfig& config,
                                                   std::span<const std::uint8_t> images,
                                                   const RtlOptions& options);

}  // namespace colcomb::stages
