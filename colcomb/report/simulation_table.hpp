#pragma once

#include <span>
#include <string>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::report {

/// The array and the run in a few lines, then where each layer's clocks go, then a sentence per
/// layer.
[[nodiscard]] std::string simulation_table(const SimulationResult& result);

/// Where each tile's clocks go. Layer after layer alone: otherwise there is one tile per layer.
[[nodiscard]] std::string tile_table(const SimulationResult& result);

/// What moved: bytes per buffer and DRAM, multiply-accumulates, per layer and in total.
[[nodiscard]] std::string activity_table(const SimulationResult& result);

/// Tiles, latency and throughput of each, and their ratios to the first.
[[nodiscard]] std::string comparison_table(std::span<const NamedSimulation> runs);

/// Every number of every layer, then of the total, one line each. With `tiles` those of tiles.
[[nodiscard]] std::string simulation_csv(const SimulationResult& result, bool tiles);

}  // namespace colcomb::report
