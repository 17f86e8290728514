#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// A logit that leaves a cross-layer pipeline.
struct PipelineLogit {
  std::uint64_t clock = 0;  // of the run
  std::uint64_t image = 0;  // from 0
  std::size_t number = 0;   // class
  std::int32_t value = 0;   // its 32 bits, signed
};

/// A cross-layer run as the world around the pipeline sees it.
struct PipelineRun {
  Simulation simulation;              // clocks, counts and values
  std::vector<PipelineLogit> logits;  // by clock, then class
  std::vector<std::uint8_t> images;   // as they lie in DRAM
};

/// simulate, every clock of it. Requires: config.cross_layer; images are whole, at least one.
/// Errors: UserError as tiling::compile_pipeline.
[[nodiscard]] PipelineRun run_pipeline_with_dram(const QuantizedNetwork& network,
                                                 const ArrayConfig& config,
                                                 std::span<const std::uint8_t> images);

}  // namespace colcomb::simulation
