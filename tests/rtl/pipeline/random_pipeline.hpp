#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tests {

/// A random network with an array of its own for every layer, and raw images for it.
struct RandomPipeline {
  QuantizedNetwork network;
  ArrayConfig config;
  std::vector<std::uint8_t> images;
};

/// The same for the same seed: cells, ports, DRAM, line buffers and FIFO are drawn. Banks have one
/// port or two, since the RTL's with more are large. Odd seeds have activation tables,
/// seeds from 1000 on row exponents.
[[nodiscard]] RandomPipeline random_pipeline(std::uint64_t seed);

}  // namespace colcomb::tests
