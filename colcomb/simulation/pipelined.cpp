#include "colcomb/simulation/pipelined.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/simulation/activity.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/pipeline_clocks.hpp"
#include "colcomb/tiling/limits.hpp"

namespace colcomb::simulation {

std::uint64_t configuration_clocks(const QuantizedNetwork& network, const ArrayConfig& config) {
  std::uint64_t read = 0;
  std::uint64_t loaded = 0;
  for (const QuantizedLayer& layer : network.all()) {
    const std::uint64_t bytes = pipelined_weight_bytes(layer, config);
    read += ceil_divide(bytes, config.dram_bytes_per_clock);
    loaded = std::max(loaded, read + layer.weights.rows() * config.load_clocks() + 1);
  }
  return loaded;
}

SimulationResult count_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                                 std::uint64_t images) {
  COLCOMB_CHECK(images > 0 && config.batch == 1, "images follow each other one by one");
  tiling::require_fits(network, config);
  SimulationResult result = describe_pipelined(network, config);
  result.images = images;
  result.configuration = configuration_clocks(network, config);
  PipelineClocks clocks(network, config);
  result.interval = clocks.interval();
  std::uint64_t end = 0;
  for (std::uint64_t image = 0; image < images; ++image) {
    end = clocks.next() + 1;
    if (image == 0) result.latency = end;
  }
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    result.layers[layer].cycles = clocks.cycles(layer, end);
    result.layers[layer].activity = pipelined_activity(network, config, layer, images);
  }
  complete_pipelined(result, network.description.input);
  return result;
}

}  // namespace colcomb::simulation
