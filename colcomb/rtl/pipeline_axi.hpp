#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/rtl/pipeline_top.hpp"

namespace colcomb::rtl {

/// machine_axi.sv of a cross-layer pipeline: as axi_top, and a memory for the logits of `images`
/// images, sent behind the run (docs/reference/rtl-pipeline.md, "Streams"). `dram_words`: of the
/// memory in place of DRAM. `name`: of the network, for people.
[[nodiscard]] std::string pipeline_axi_top(const PipelineHardware& hardware, const LoadPort& port,
                                           const ArrayConfig& array, std::size_t dram_words,
                                           std::uint64_t images, const std::string& name);

}  // namespace colcomb::rtl
