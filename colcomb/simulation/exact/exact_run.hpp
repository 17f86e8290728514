#pragma once

#include <cstdint>
#include <span>

#include "colcomb/simulation/exact/exact_options.hpp"

namespace colcomb::simulation {

/// Layer after layer, batch after batch; then, for the interval, further batches with the last
/// one's images until one behaves as the one before it did.
[[nodiscard]] Simulation run_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                                     std::span<const std::uint8_t> images,
                                     const ExactOptions& options);

/// An array for every layer, image after image; then further ones likewise.
[[nodiscard]] Simulation run_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                                       std::span<const std::uint8_t> images,
                                       const ExactOptions& options);

}  // namespace colcomb::simulation
