#pragma once

#include <cstdint>
#include <string>

#include "colcomb/rtl/pipeline_hardware.hpp"

namespace colcomb::rtl {

/// README.md of a cross-layer pipeline's folder. `logits`: that its test bench expects, `last`: the
/// clock of the last one.
[[nodiscard]] std::string pipeline_readme(const tiling::Pipeline& pipeline,
                                          const PipelineHardware& hardware, std::uint64_t images,
                                          std::uint64_t logits, std::uint64_t last,
                                          const std::string& name);

}  // namespace colcomb::rtl
