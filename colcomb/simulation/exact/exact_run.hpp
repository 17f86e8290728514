#pragma once

#include <cstdint>
#include <span>

#include "colcomb/simulation/exact/exact_options.hpp"

namespace colcomb::simulation {

/// Layer after layer, batch after batch. The interval is measured where a batch behaves as the one
/// before it did, and taken from the fast engine's recurrence where the run is too short for that.
[[nodiscard]] Simulation run_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                                     std::span<const std::uint8_t> images,
                                     const ExactOptions& options);

/// An array for every layer, image after image; the interval likewise.
[[nodiscard]] Simulation run_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                                       std::span<const std::uint8_t> images,
                                       const ExactOptions& options);

}  // namespace colcomb::simulation
