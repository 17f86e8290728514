#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/rtl/machine_parameters.hpp"
#include "colcomb/rtl/rings.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::rtl {

/// A module's parameters: names as in SystemVerilog.
using ModuleParameters = std::vector<std::pair<std::string, std::uint64_t>>;

/// One layer of a cross-layer pipeline as sa_stage has it.
struct StageHardware {
  TileProgram program;      // of the stage; logits go to the output buffer's port
  MachineParameters path;   // of its datapath and its sequencer
  Rings rings;              // in front
  std::uint64_t banks = 1;  // of the line buffer behind
  std::vector<std::uint64_t>
      rooms;                    // pixels of the line buffers behind: the next layer's, readers'
  ModuleParameters parameters;  // of sa_stage, but for the load port's
};

/// Sizes of all modules of a pipeline for one network.
struct PipelineHardware {
  std::vector<StageHardware> stages;
  ModuleParameters reader;         // of sa_image_reader
  ModuleParameters crossbar;       // of its sa_output_crossbar
  MachineParameters reader_path;   // of that crossbar
  ModuleParameters configuration;  // of sa_configuration
  std::uint32_t address_bits = 1;  // of all banks
  std::uint32_t counter_bits = 1;  // of pixels
  std::uint32_t clock_bits = 1;    // of clocks before the run
  std::uint32_t dram_bits = 1;
  std::uint32_t image_bits = 1;    // that hold the number of images
  std::uint64_t weight_bytes = 0;  // in DRAM, in front of the images
  std::uint64_t configuration_clocks = 0;
};

/// For `images` images in DRAM, from 1. `where`: the network, for errors.
/// Errors: UserError as machine_parameters, naming pooling kernels that are too large.
[[nodiscard]] PipelineHardware pipeline_hardware(const tiling::Pipeline& pipeline,
                                                 std::uint64_t images, const std::string& where);

}  // namespace colcomb::rtl
