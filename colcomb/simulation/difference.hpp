#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// The first output of the machine that is not the integer network's: layer, filter, pixel (y, x)
/// and both values; empty if all are equal.
[[nodiscard]] std::string first_value_difference(const QuantizedNetwork& network,
                                                 std::span<const std::uint8_t> image,
                                                 const ImageValues& values);

/// The first count in which two runs differ: tile or layer, name and both numbers; empty if all
/// clocks, bytes, latency and interval are equal.
[[nodiscard]] std::string first_count_difference(const SimulationResult& one,
                                                 const SimulationResult& other);

}  // namespace colcomb::simulation
