#pragma once

#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/report/simulation_table.hpp"

namespace colcomb::cli {

/// What the packed network is compared with (paper, section 7): itself without combining on an
/// array of alpha 1, dense, and packed on bit-parallel cells; layer after layer and cross-layer
/// pipelined. The first is the baseline of the others: without combining. `given`: the result with
/// `config` itself.
[[nodiscard]] std::vector<report::NamedSimulation> baseline_runs(const QuantizedNetwork& network,
                                                                 const ArrayConfig& config,
                                                                 const SimulationResult& given);

}  // namespace colcomb::cli
