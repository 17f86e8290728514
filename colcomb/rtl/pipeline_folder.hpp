#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/rtl/machine_folder.hpp"

namespace colcomb::rtl {

/// A logit that must leave the pipeline, by the simulator.
struct ExpectedLogit {
  std::uint64_t clock = 0;  // of the run
  std::size_t number = 0;   // class
  std::int32_t value = 0;   // its 32 bits, signed
};

/// A cross-layer pipeline in SystemVerilog for one network, with its memories' contents, a test
/// bench that checks itself, and the scripts of machine_folder (docs/reference/rtl-pipeline.md,
/// "Folder"). The same arguments give the same files. `images`: as they lie in DRAM, at least one;
/// `logits`: of all of them, by clock, then class; `name`: of the network, for people.
/// Requires: config.cross_layer. Errors: UserError as tiling::compile_pipeline; (file `name`) for a
/// network that the RTL cannot run (machine_parameters.hpp).
[[nodiscard]] std::vector<FolderFile> pipeline_folder(const QuantizedNetwork& network,
                                                      const ArrayConfig& config,
                                                      std::span<const std::uint8_t> images,
                                                      std::span<const ExpectedLogit> logits,
                                                      const std::string& name);

}  // namespace colcomb::rtl
