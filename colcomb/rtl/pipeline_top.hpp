#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/rtl/pipeline_loads.hpp"
#include "colcomb/rtl/top_ports.hpp"

namespace colcomb::rtl {

/// Widths of the load port.
struct LoadPort {
  std::size_t stage_bits = 1;
  std::size_t place_bits = 1;
  std::size_t index_bits = 1;
  std::size_t word_bits = 1;
};
[[nodiscard]] LoadPort load_port(const std::vector<PipelineLoad>& loads);

[[nodiscard]] std::vector<TopPort> pipeline_ports(const PipelineHardware& hardware,
                                                  const LoadPort& port);
/// Module `machine`: the pipeline with a stage for each layer.
[[nodiscard]] std::string pipeline_top(const tiling::Pipeline& pipeline,
                                       const PipelineHardware& hardware, const LoadPort& port,
                                       const std::string& name);

}  // namespace colcomb::rtl
