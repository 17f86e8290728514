#pragma once

#include <cstdint>
#include <span>

#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

struct ExactOptions {
  /// The plain array of cells instead of bit planes: some seventy times slower, the same values.
  bool plain = false;
  /// Layer after layer, not 0: the machine's blocks compute and commit in random orders drawn from
  /// this seed. The result does not depend on it.
  std::uint64_t shuffle = 0;
  /// Told of values and, layer after layer, of every clock and access; may be null.
  Probe* probe = nullptr;
};

[[nodiscard]] Simulation simulate_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                                        std::span<const std::uint8_t> images,
                                        const ExactOptions& options);

[[nodiscard]] Simulation simulate_program(const TileProgram& program,
                                          std::span<const std::uint8_t> images,
                                          const ExactOptions& options);

}  // namespace colcomb::simulation
