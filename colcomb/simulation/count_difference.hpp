#pragma once

#include <string>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

/// The first count in which two runs differ: tile or layer, name and both numbers; empty if all
/// clocks, bytes, latency and interval are equal.
[[nodiscard]] std::string first_count_difference(const SimulationResult& one,
                                                 const SimulationResult& other);

}  // namespace colcomb::simulation
