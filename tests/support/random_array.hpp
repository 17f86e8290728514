#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/tiling/limits.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::tests {

template <class T>
T one_of(Random& random, const std::vector<T>& choices) {
  return choices[random.below(choices.size())];
}

/// The network with numbers so small that its accumulations often fit 16 bits.
inline QuantizedNetwork with_small_accumulations(QuantizedNetwork network) {
  for (QuantizedLayer& layer : network.all()) {
    layer.fraction_bits = std::min<std::uint32_t>(layer.fraction_bits, 5);
    for (std::int32_t& bias : layer.bias) bias %= 4096;
    Matrix<std::int8_t> full = unpack(layer.weights);
    for (std::int8_t& weight : full.values()) weight = static_cast<std::int8_t>(weight / 16);
    layer.weights = pack(full, layer.weights.groups);
  }
  return network;
}

/// A valid array of awkward size that the network fits: smaller and larger than its layers, tight
/// buffers, slow DRAM, few ports, all cell kinds that have enough data lines. Never cross-layer.
inline ArrayConfig random_array(Random& random, const QuantizedNetwork& network) {
  ArrayConfig config;
  config.name = "random";
  std::size_t largest = 1;
  std::uint64_t bound = 0;
  std::uint64_t word_bytes = 0;  // enough for blocks of a single word in either order
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    for (const auto& group : network.layer(i).weights.groups.groups)
      largest = std::max(largest, group.size());
    bound = std::max(bound, tiling::accumulation_bound(network.layer(i), description));
    word_bytes = std::max<std::uint64_t>(word_bytes,
                                         2 * (description.input_size() + description.out_channels));
  }
  config.rows = one_of<std::size_t>(random, {1, 2, 3, 4, 5, 8, 13, 32});
  config.columns = one_of<std::size_t>(random, {1, 2, 3, 4, 5, 7, 16, 33});
  config.alpha = largest == 1 ? 1 : largest + random.below(3);
  config.cell = largest == 1
                    ? one_of<CellKind>(random, {CellKind::kBalanced, CellKind::kInterleaved,
                                                CellKind::kMultiplexed, CellKind::kParallel})
                    : one_of<CellKind>(random, {CellKind::kMultiplexed, CellKind::kMultiplexed,
                                                CellKind::kParallel});
  std::vector<std::size_t> bits = {32};
  if (bound < (1U << 23U)) bits.push_back(24);
  if (bound < (1U << 15U)) bits.push_back(16);
  config.accumulation_bits = one_of(random, bits);
  config.double_buffering = random.below(2) == 0;
  config.clock_mhz = 100;
  config.order = random.below(2) == 0 ? TileOrder::kWeightMajor : TileOrder::kOutputMajor;
  config.batch = between(random, 1, 3);
  const std::uint64_t tile = config.tile_bytes();
  config.weight_bytes = one_of<std::uint64_t>(random, {tile, 2 * tile - 1, 2 * tile, 1U << 20U});
  const std::uint64_t sums = config.rows * config.accumulation_bits / 8;
  config.partial_sum_bytes = sums * one_of<std::uint64_t>(random, {1, 2, 7, 1000});
  const std::uint64_t least = word_bytes + 2 * config.rows + config.batch * 16;
  config.data_bytes = one_of<std::uint64_t>(random, {least, 2 * least, 4 * least, 1U << 20U});
  config.data_read_bytes_per_clock = one_of<std::size_t>(random, {1, 2, 8, 64, 64});
  config.dram_bytes_per_clock = one_of<std::size_t>(random, {1, 2, 5, 16, 64});
  return config;
}

}  // namespace colcomb::tests
