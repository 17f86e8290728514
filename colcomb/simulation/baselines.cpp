#include "colcomb/simulation/baselines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/baselines.hpp"

namespace colcomb::simulation {
namespace {

ArrayConfig with_single_columns(ArrayConfig config) {
  config.alpha = 1;
  if (config.cell == CellKind::kMultiplexed) config.cell = CellKind::kInterleaved;
  return config;
}

ArrayConfig with_own_arrays(ArrayConfig config, const QuantizedNetwork& network) {
  config.cross_layer = true;
  config.batch = 1;
  // Layer after layer less may do.
  const std::uint64_t pixel = network.description.hidden.front().in_channels;
  config.input_bytes = std::max(config.input_bytes, pixel + config.dram_burst_bytes);
  return config;
}

}  // namespace

std::vector<NamedSimulation> baseline_runs(const QuantizedNetwork& network,
                                           const ArrayConfig& config,
                                           const SimulationResult& given) {
  const ArrayConfig single = with_single_columns(config);
  const QuantizedNetwork apart = tiling::without_combining(network);
  const std::uint64_t images = given.images;
  std::vector<NamedSimulation> runs;
  runs.push_back({"pruned, not combined (alpha 1)", count_network(apart, single, images)});
  runs.push_back({"dense (alpha 1)", count_network(tiling::dense(network), single, images)});
  runs.push_back({"column combined: this array", given});
  if (config.cell != CellKind::kParallel) {
    ArrayConfig parallel = config;
    parallel.cell = CellKind::kParallel;
    parallel.bank_ports = std::max(config.bank_ports, config.alpha);
    runs.push_back({fmt::format("column combined, bit-parallel cells, {} port{} a bank",
                                parallel.bank_ports, parallel.bank_ports == 1 ? "" : "s"),
                    count_network(network, parallel, images)});
  }
  if (!config.cross_layer && is_chain(network.description)) {
    runs.push_back({"column combined, cross-layer",
                    count_network(network, with_own_arrays(config, network), images)});
  }
  return runs;
}

}  // namespace colcomb::simulation
