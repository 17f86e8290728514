#include "tests/rtl/pipeline/random_pipeline.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/random_machine.hpp"

namespace colcomb::tests {
namespace {

/// Most cells of all layers' arrays, and words of an image in any layer.
constexpr std::size_t kMostCells = 60;
constexpr std::size_t kMostWords = 80;

QuantizedNetwork random_small_network(Random& random, bool tables, bool exponents) {
  NetworkLimits limits;
  limits.channels = 5;
  limits.alpha = 4;
  limits.tables = tables;
  limits.row_exponents = exponents;
  QuantizedNetwork network = random_quantized_network(random, limits);
  if (random.below(6) == 0) {
    QuantizedLayer& layer = network.layer(random.below(network.layer_count()));
    layer.weights = pack(Matrix<std::int8_t>(layer.weights.rows(), layer.weights.columns), {});
  }
  if (random.below(3) == 0) network = tiling::without_combining(network);
  if (random.below(3) == 0) network = with_small_accumulations(network);
  return network;
}

bool is_small(const QuantizedNetwork& network) {
  std::size_t cells = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const auto& weights = network.layer(i).weights;
    cells += weights.rows() * std::max<std::size_t>(1, weights.groups.groups.size());
    if (network.description.layer(i).words().words() > kMostWords) return false;
  }
  return cells <= kMostCells;
}

}  // namespace

RandomPipeline random_pipeline(std::uint64_t seed) {
  Random random(seed);
  RandomPipeline result;
  const bool exponents = seed >= 1000;
  do {
    result.network = random_small_network(random, seed % 2 != 0, exponents);
  } while (!is_small(result.network) || exponents != has_row_exponents(result.network));
  ArrayConfig& config = result.config;
  config = random_array(random, result.network);
  config.pooling_windows = 4;
  config.bank_ports = std::min<std::size_t>(config.bank_ports, 2);
  config.dram_bytes_per_clock = std::min<std::size_t>(config.dram_bytes_per_clock, 8);
  config.dram_burst_bytes =
      std::max(std::min<std::size_t>(config.dram_burst_bytes, 32), config.dram_bytes_per_clock);
  set_random_lines(random, result.network, config);
  validate(config, "random");
  result.images = random_images(random, result.network.description.input, between(random, 1, 3));
  return result;
}

}  // namespace colcomb::tests
