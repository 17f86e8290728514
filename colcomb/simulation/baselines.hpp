#pragma once

#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

/// What the packed network is compared with (paper, section 7): itself without combining on an
/// array of alpha 1, dense, and packed on bit-parallel cells whose banks have a port per data line;
/// layer after layer and cross-layer pipelined. The first is the baseline of the others: without
/// combining. `given`: the result with `config` itself; each run has as many images.
[[nodiscard]] std::vector<NamedSimulation> baseline_runs(const QuantizedNetwork& network,
                                                         const ArrayConfig& config,
                                                         const SimulationResult& given);

}  // namespace colcomb::simulation
