#pragma once

#include <cstdint>
#include <span>

#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

struct ExactOptions {
  /// The plain array of cells instead of bit planes: some seventy times slower, the same values.
  bool plain = false;
  /// Told of values and, layer after layer, of every clock and access; may be null.
  Probe* probe = nullptr;
};

[[nodiscard]] Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                                        std::span<const std::uint8_t> images,
                                        const ExactOptions& options);

}  // namespace colcomb::simulation
