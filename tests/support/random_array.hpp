#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/tiling/layer_tiles.hpp"
#include "colcomb/tiling/layout.hpp"
#include "colcomb/tiling/limits.hpp"
#include "colcomb/tiling/packed_shape.hpp"
#include "colcomb/tiling/pipeline.hpp"
#include "colcomb/tiling/placement.hpp"
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
    for (std::uint8_t& k : layer.row_exponents) k = std::min<std::uint8_t>(k, 2);
    Matrix<std::int8_t> full = unpack(layer.weights);
    for (std::int8_t& weight : full.values()) weight = static_cast<std::int8_t>(weight / 16);
    layer.weights = pack(full, layer.weights.groups);
  }
  return network;
}

/// The layouts' shapes of a network's layers on an array.
inline std::vector<tiling::PackedShape> packed_shapes(const QuantizedNetwork& network,
                                                      const ArrayConfig& config) {
  std::vector<tiling::InputLayout> layouts;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    layouts.push_back(tiling::input_layout(network.layer(i), network.description.layer(i), config));
  }
  return tiling::shapes_of(network, config, layouts);
}

/// Bytes of a bank of each memory.
struct BankBytes {
  std::uint64_t least_data = 0;      // the classifier's input
  std::uint64_t most_data = 0;       // and every map
  std::uint64_t images = 0;          // two batches
  std::uint64_t blocks = 0;          // two blocks of one word, of any layer
  std::uint64_t residual = 0;        // the largest residual source
  std::uint64_t all_residual = 0;    // all of them
  std::uint64_t residual_input = 0;  // two blocks of one word
  std::uint64_t output = 0;
  std::uint64_t partial_sums = 0;  // of one word
  std::uint64_t pooling = 0;       // the widest layer's windows
};

/// What a network needs on an array whose sizes, cells, bursts, order and batch are set.
inline BankBytes bank_bytes(const QuantizedNetwork& network, const ArrayConfig& config) {
  const std::uint64_t bus_rows = std::min(config.rows, config.rows_per_bus());
  const std::vector<tiling::PackedShape> shapes = packed_shapes(network, config);
  BankBytes bytes;
  bytes.output = 2 * bus_rows * std::max<std::uint64_t>(4, config.dram_burst_bytes);
  bytes.partial_sums = bus_rows * config.accumulation_bits / 8;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.description.layer(i);
    const std::uint64_t plane = config.batch * layer.in_height * layer.in_width;
    const WordGrid grid = layer.words();
    const std::uint64_t words = config.batch * grid.words();
    // In output-major order a layer with pooling windows takes whole rows of words at a time.
    const std::uint64_t unit =
        layer.pooling && config.order == TileOrder::kOutputMajor ? grid.width() : 1;
    for (std::uint64_t word = 0; word < words; word += unit) {
      bytes.blocks = std::max(bytes.blocks,
                              2 * tiling::block_bank_bytes(shapes[i], layer, config, word, unit));
      const auto output = tiling::output_range(network.description, i, word, unit);
      bytes.output = std::max(bytes.output, 2 * bus_rows * tiling::burst_bytes(output, config));
      bytes.partial_sums =
          std::max(bytes.partial_sums, bus_rows * unit * config.accumulation_bits / 8);
      if (!layer.residual) continue;
      Tile tile;
      tile.layer = static_cast<std::uint32_t>(i);
      tile.word_begin = word;
      tile.words = unit;
      const auto range = tiling::residual_range(network.description, tile);
      bytes.residual_input =
          std::max(bytes.residual_input, 2 * bus_rows * tiling::burst_bytes(range, config));
    }
    if (i == 0) {
      bytes.images = 2 * shapes[0].slots * tiling::burst_bytes({0, plane}, config);
      continue;
    }
    bytes.least_data = shapes[i].slots * plane;
    bytes.most_data = std::max(bytes.most_data, before + bytes.least_data);
    before = bytes.least_data;
  }
  for (std::size_t i = 0; !is_chain(network.description) && i < network.hidden.size(); ++i) {
    const LayerDescription& layer = network.description.hidden[i];
    bytes.most_data +=
        shapes[i].output_slots * config.batch * layer.out_height() * layer.out_width();
  }
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const auto& pooling = network.description.hidden[i].pooling;
    if (!pooling) continue;
    bytes.pooling = std::max(bytes.pooling, tiling::window_row_tiles(config, shapes[i]) * bus_rows *
                                                pooling->out_width * config.pooling_word_bytes());
  }
  for (const LayerDescription& layer : network.description.hidden) {
    if (!layer.residual) continue;
    const LayerDescription& source = network.description.layer(*layer.residual);
    const std::uint64_t rows = (source.out_channels + config.rows - 1) / config.rows * bus_rows;
    const std::uint64_t map = rows * config.batch * source.out_height() * source.out_width();
    bytes.residual = std::max(bytes.residual, map);
    bytes.all_residual += map;
  }
  return bytes;
}

/// Buffers that take the network, from the least possible to more than enough.
inline void set_random_buffers(Random& random, const QuantizedNetwork& network,
                               ArrayConfig& config) {
  const BankBytes bytes = bank_bytes(network, config);
  const auto at_least = [&random](std::uint64_t least, std::uint64_t most) {
    const std::uint64_t top = std::max(least, most);
    return one_of<std::uint64_t>(random,
                                 {least, least + random.below(top - least + 1), top, 2 * top + 7});
  };
  const auto banks = [&random](std::size_t count, std::uint64_t bank) {
    // Bytes that are no whole bank are of no use.
    return std::max<std::uint64_t>(1, count * bank + random.below(count));
  };
  const std::uint64_t tile = config.tile_bytes();
  config.weight_bytes = one_of<std::uint64_t>(random, {tile, 2 * tile - 1, 2 * tile, 1U << 20U});
  const std::size_t buses = config.row_buses();
  config.data_bytes = banks(config.columns, at_least(bytes.least_data, bytes.most_data));
  config.input_bytes = banks(config.columns, at_least(bytes.blocks, bytes.images + bytes.blocks));
  config.residual_bytes = one_of<std::uint64_t>(
      random, {0, buses * bytes.residual, buses * bytes.all_residual, 1U << 20U});
  config.residual_input_bytes = banks(buses, at_least(bytes.residual_input, 500));
  config.output_bytes = banks(buses, at_least(bytes.output, 8 * bytes.output));
  const std::uint64_t sums = one_of<std::uint64_t>(random, {1, 2, 7, 1000});
  config.partial_sum_bytes = banks(buses, sums * bytes.partial_sums);
  config.pooling_bytes = banks(buses, at_least(bytes.pooling, 2 * bytes.pooling));
}

/// A valid array of awkward size that the network fits: smaller and larger than its layers, tight
/// buffers, slow DRAM, few ports, all cell kinds that have enough data lines. Never cross-layer.
inline ArrayConfig random_array(Random& random, const QuantizedNetwork& network) {
  ArrayConfig config;
  config.name = "random";
  config.pooling_windows = one_of<std::size_t>(random, {4, 4, 5, 32});
  std::size_t largest = 1;
  std::uint64_t bound = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    for (const auto& group : network.layer(i).weights.groups.groups)
      largest = std::max(largest, group.size());
    bound =
        std::max(bound, tiling::accumulation_bound(network.layer(i), network.description.layer(i)));
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
  config.bank_ports = one_of<std::size_t>(random, {1, 2, 8, 64});
  config.dram_bytes_per_clock = one_of<std::size_t>(random, {1, 2, 4, 16, 64});
  config.dram_burst_bytes = config.dram_bytes_per_clock;
  while (config.dram_burst_bytes < 128 && random.below(3) != 0) config.dram_burst_bytes *= 2;
  config.dram_latency = between(random, 2, 40);
  set_random_buffers(random, network, config);
  return config;
}

/// Turns it into a cross-layer pipeline: line buffers of the default size or as small as can be, or
/// in between, and few bytes behind DRAM.
inline void set_random_lines(Random& random, const QuantizedNetwork& network, ArrayConfig& config) {
  config.cross_layer = true;
  config.batch = 1;
  const std::uint64_t pixel = network.description.hidden.front().in_channels;
  config.input_bytes = one_of<std::uint64_t>(
      random,
      {pixel + config.dram_burst_bytes, pixel + 3 * config.dram_burst_bytes + 1, 1U << 18U});
  const std::uint64_t bytes = one_of<std::uint64_t>(random, {0, 8, 40, 150, 400});
  for (config.line_bytes = bytes; config.line_bytes > 0; config.line_bytes *= 2) {
    try {
      static_cast<void>(tiling::compile_pipeline(network, config));
      return;
    } catch (const UserError&) {
      // Too small for the network: more.
    }
  }
}

}  // namespace colcomb::tests
