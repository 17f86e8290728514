#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/pipeline_hardware.hpp"

namespace colcomb::rtl {

/// A word that the pipeline's load port takes before the start.
struct PipelineLoad {
  std::size_t stage = 0;     // layer; the number of layers: the image reader's crossbar
  std::uint32_t memory = 0;  // of sa_stage
  std::size_t place = 0;     // column, row or bank
  std::size_t index = 0;
  Bits word;
};

/// Records and descriptors of all layers: docs/reference/rtl-pipeline.md, "Loads".
[[nodiscard]] std::vector<PipelineLoad> pipeline_loads(const tiling::Pipeline& pipeline,
                                                       const PipelineHardware& hardware);

}  // namespace colcomb::rtl
