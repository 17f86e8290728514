#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Integer in [least, most].
inline std::size_t between(Random& random, std::size_t least, std::size_t most) {
  return least + random.below(most - least + 1);
}

/// The largest of what a random network is made of.
struct NetworkLimits {
  std::size_t channels = 13;
  std::size_t alpha = 8;
  bool poolings = true;        // pooling windows, and classifiers without global pooling
  bool tables = false;         // activation tables
  bool row_exponents = true;   // of quantized networks
  bool row_tables = false;     // some of the tables one for each row
  std::size_t image_side = 0;  // pixels of a side of the square image; 0: drawn
};

/// Even and oblong kernels, uneven padding, dilation, outputs short of the map or beyond it.
inline Window random_window(Random& random, const LayerDescription& layer) {
  Window window;
  window.kernel_height = between(random, 1, 4);
  window.kernel_width = between(random, 1, 4);
  window.dilation_height = between(random, 1, 2);
  window.dilation_width = between(random, 1, 2);
  window.pad_top = random.below(3);
  window.pad_left = random.below(3);
  window.out_height = between(random, 1, layer.in_height / layer.stride + 2);
  window.out_width = between(random, 1, layer.in_width / layer.stride + 2);
  return window;
}

/// A number that divides the layer's filters and channels, often 1. Takes its chance from the
/// layer's other numbers.
inline std::size_t random_conv_groups(const LayerDescription& layer) {
  const std::size_t most = std::gcd(layer.in_channels, layer.out_channels);
  const std::size_t chance = layer.in_height + 2 * layer.in_width + layer.alpha + layer.kernel / 2;
  if (chance % 2 == 0) return 1;
  std::size_t groups = chance / 2 % most + 1;
  while (most % groups != 0) ++groups;
  return groups;
}

/// A pooling of any shape behind the layer, or none. Takes its chance from the layer's other
/// numbers, so that networks without poolings stay what they were.
inline std::optional<PoolingWindow> random_pooling(const LayerDescription& layer,
                                                   std::size_t index) {
  Random random = Random::stream(layer.columns.size() + 31 * layer.out_channels,
                                 layer.in_height + 17 * layer.in_width, index);
  if (random.below(3) != 0) return std::nullopt;
  PoolingWindow pooling;
  pooling.kind = random.below(2) == 0 ? PoolingKind::kMax : PoolingKind::kMean;
  pooling.kernel_height = between(random, 1, 4);
  pooling.kernel_width = between(random, 1, 4);
  pooling.stride = between(random, 1, 3);
  pooling.pad_top = random.below(pooling.kernel_height);
  pooling.pad_left = random.below(pooling.kernel_width);
  // The last window holds a pixel of the map.
  const auto most = [&](std::size_t size, std::size_t padding) {
    return (size + padding - 1) / pooling.stride + 1;
  };
  pooling.out_height = between(random, 1, most(layer.sum_height(), pooling.pad_top));
  pooling.out_width = between(random, 1, most(layer.sum_width(), pooling.pad_left));
  pooling.count_padding = pooling.kind == PoolingKind::kMean && random.below(2) == 0;
  return pooling;
}

/// An activation table, or none: a bent curve, or any numbers, some of them out of range or half
/// way between two bytes; with `rows`, one for each. Takes its chance from the layer's other
/// numbers as random_pooling does.
inline std::optional<ActivationTable> random_activation(const LayerDescription& layer,
                                                        std::size_t index, std::size_t rows = 1) {
  Random random = Random::stream(layer.columns.size() + 29 * layer.out_channels,
                                 layer.in_height + 13 * layer.in_width, 1000 + index);
  if (layer.fixed || random.below(3) != 0) return std::nullopt;
  ActivationTable table{"Random", {}};
  const bool curve = random.below(2) == 0;
  for (std::size_t i = 0; i < rows * kTableEntries; ++i) {
    const std::size_t p = i % kTableEntries;
    const double x = (static_cast<double>(p) - 64) / 24;
    const double value =
        curve ? 20 + (30.0 + static_cast<double>(i / kTableEntries)) * x / (1 + std::exp(-x))
              : static_cast<double>(random.below(560)) / 2 - 12;
    table.values.push_back(static_cast<float>(value));
  }
  return table;
}

/// Tables and zeros for a network's layers; its last one's map may have a zero that nothing reads.
/// `row_tables`: layers of an odd number of columns have a table for each row.
inline void add_random_activations(NetworkDescription& network, bool row_tables = false) {
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    LayerDescription& layer = network.hidden[i];
    const bool by_row = row_tables && layer.columns.size() % 2 == 1;
    layer.activation = random_activation(layer, i, by_row ? layer.out_channels : 1);
    if (layer.activation) layer.zero = static_cast<std::uint8_t>(layer.columns.size() * 7 % 90);
  }
}

/// Makes `source` the residual source of the last hidden layer, if its channels and pixels suffice.
inline void add_residual_if_it_fits(NetworkDescription& network, std::size_t source) {
  LayerDescription& layer = network.hidden.back();
  const LayerDescription& from = network.hidden[source];
  const auto before = layer.residual;
  layer.residual = source;
  const std::size_t s = residual_stride(network, network.hidden.size() - 1);
  const WordGrid words = layer.words();
  const bool beyond = words.height() > layer.sum_height() || words.width() > layer.sum_width();
  if (from.out_channels > layer.out_channels || (layer.sum_height() - 1) * s >= from.out_height() ||
      (layer.sum_width() - 1) * s >= from.out_width() || beyond)
    layer.residual = before;
}

/// A small network of awkward shape, of 1 to 4 hidden layers: odd maps, strides, shifts, k x k taps
/// and other windows, reshape, residuals between layers of one shape and of several, poolings.
inline NetworkDescription random_description(Random& random, const NetworkLimits& limits = {}) {
  NetworkDescription network;
  InputDescription& input = network.input;
  input.channels = between(random, 1, 3);
  input.reshape_stride = between(random, 1, 2);
  input.height = between(random, 1, 9) * input.reshape_stride;
  input.width = between(random, 1, 9) * input.reshape_stride;
  if (limits.image_side > 0) {
    input.reshape_stride = 1;
    input.height = input.width = limits.image_side;
  }
  for (std::size_t c = 0; c < input.channels; ++c) {
    input.mean.push_back(0.2 + 0.4 * random.uniform());
    input.std.push_back(0.2 + 0.2 * random.uniform());
  }
  network.classes = between(random, 1, 11);
  network.dropout = random.below(2) == 0 ? 0.0 : 0.2;
  std::size_t channels = input.channels * input.reshape_stride * input.reshape_stride;
  std::size_t height = input.height / input.reshape_stride;
  std::size_t width = input.width / input.reshape_stride;
  const std::size_t hidden = between(random, 1, 4);
  for (std::size_t i = 0; i < hidden; ++i) {
    LayerDescription layer;
    layer.name = "layer" + std::to_string(i);
    layer.kind = random.below(2) == 0 ? LayerKind::kConvolution : LayerKind::kShift;
    layer.in_channels = channels;
    layer.out_channels =
        i > 0 && random.below(2) == 0 ? channels : between(random, 1, limits.channels);
    layer.kernel = 1 + 2 * random.below(3);
    layer.stride = random.below(3) == 0 ? between(random, 2, 3) : 1;
    layer.alpha = between(random, 1, limits.alpha);
    layer.in_height = height;
    layer.in_width = width;
    if (layer.kind == LayerKind::kConvolution && random.below(2) == 0) {
      layer.window = random_window(random, layer);
      layer.kernel = 1;
      layer.columns = window_columns(channels, *layer.window);
    } else if (layer.kind == LayerKind::kConvolution) {
      layer.columns = convolution_columns(channels, layer.kernel);
    } else {
      const auto offset = [&random, &layer] {
        return static_cast<std::int16_t>(static_cast<int>(random.below(layer.kernel)) -
                                         static_cast<int>(layer.kernel / 2));
      };
      for (std::size_t c = 0; c < channels; ++c)
        layer.columns.push_back({static_cast<std::int32_t>(c), offset(), offset()});
    }
    layer.conv_groups = random_conv_groups(layer);
    if (limits.poolings) layer.pooling = random_pooling(layer, i);
    channels = layer.out_channels;
    height = layer.out_height();
    width = layer.out_width();
    layer.batch_norm = random.below(3) != 0;
    layer.fixed = !layer.batch_norm && i % 2 == 1;
    network.hidden.push_back(std::move(layer));
    for (std::size_t source = 0; source < i; ++source) {
      if (random.below(2) == 0) add_residual_if_it_fits(network, source);
    }
  }
  network.global_pooling = !limits.poolings || (channels + height + 2 * width) % 4 != 0;
  network.classifier = network.global_pooling
                           ? make_classifier(channels, network.classes)
                           : make_flat_classifier(channels, height, width, network.classes);
  network.classifier.alpha = between(random, 1, 4);
  if (limits.tables) add_random_activations(network, limits.row_tables);
  return network;
}

/// Columns in random groups of at most `alpha`; some columns are in none.
inline ColumnGroups random_groups(Random& random, std::size_t columns, std::size_t alpha) {
  std::vector<std::uint32_t> order(columns);
  for (std::size_t c = 0; c < columns; ++c) order[c] = static_cast<std::uint32_t>(c);
  random.shuffle(order);
  order.resize(columns - random.below(columns / 4 + 1));
  ColumnGroups result;
  for (std::size_t begin = 0; begin < order.size();) {
    const std::size_t end = std::min(order.size(), begin + between(random, 1, alpha));
    result.groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                               order.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  return result;
}

/// random_groups for each map that the layer reads.
inline ColumnGroups random_groups_of(Random& random, const NetworkDescription& network,
                                     std::size_t layer) {
  ColumnGroups result;
  for (const LayerPart& part : parts_of(network, layer)) {
    const ColumnGroups own =
        random_groups(random, part.reader.columns.size(), network.layer(layer).alpha);
    for (auto group : own.groups) {
      for (std::uint32_t& column : group) column += static_cast<std::uint32_t>(part.column_begin);
      result.groups.push_back(std::move(group));
    }
  }
  return result;
}

/// A mask that leaves at most one weight per row and group, and none outside the groups.
inline Matrix<std::uint8_t> random_mask(Random& random, std::size_t rows, std::size_t columns,
                                        const ColumnGroups& groups) {
  Matrix<std::uint8_t> mask(rows, columns);
  for (std::size_t row = 0; row < rows; ++row) {
    for (const auto& group : groups.groups) {
      if (random.below(5) != 0) mask(row, group[random.below(group.size())]) = 1;
    }
  }
  return mask;
}

/// Makes the weights between the layer's conv_groups 0, and prunes them.
inline void hold_zeros(const LayerDescription& description, FloatLayer& layer) {
  const Matrix<std::uint8_t> within = conv_group_mask(description);
  if (layer.mask.empty()) layer.mask = within;
  for (std::size_t i = 0; i < within.size(); ++i) {
    if (within.values()[i] != 0) continue;
    layer.mask.values()[i] = 0;
    layer.weights.values()[i] = 0;
  }
}

/// Weights and statistics such that activations stay in ReLU6's range for the most part. Some
/// layers are pruned and grouped, some are not.
inline FloatNetwork random_float_network(Random& random, NetworkDescription of) {
  FloatNetwork network;
  network.description = std::move(of);
  network.hidden.resize(network.description.hidden.size());
  const auto normal = [&random](double mean, double deviation) {
    return static_cast<float>(mean + deviation * random.normal());
  };
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    FloatLayer& layer = network.layer(i);
    const std::size_t rows = description.out_channels;
    const std::size_t columns = description.columns.size();
    layer.weights = Matrix<float>(rows, columns);
    const double deviation = std::sqrt(2.0 / static_cast<double>(columns));
    for (float& weight : layer.weights.values()) weight = normal(0, deviation);
    if (random.below(3) != 0) {
      layer.groups = random_groups_of(random, network.description, i);
      layer.mask = random_mask(random, rows, columns, *layer.groups);
    }
    if (description.conv_groups > 1) hold_zeros(description, layer);
    if (!description.batch_norm) {
      for (std::size_t n = 0; n < rows; ++n) layer.bias.push_back(normal(0, 0.5));
    } else {
      layer.batch_norm.emplace();
      for (std::size_t n = 0; n < rows; ++n) {
        layer.batch_norm->weight.push_back(normal(1, 0.2));
        layer.batch_norm->bias.push_back(normal(1.5, 0.5));
        layer.batch_norm->mean.push_back(normal(0, 0.5));
        layer.batch_norm->variance.push_back(static_cast<float>(0.5 + random.uniform()));
      }
    }
  }
  return network;
}

inline FloatNetwork random_float_network(Random& random) {
  return random_float_network(random, random_description(random));
}

/// `bits` where the network has global pooling, else 0: its only number of fraction bits.
inline std::uint32_t pooling_bits(const FloatNetwork& network, std::uint64_t bits) {
  return network.description.global_pooling ? static_cast<std::uint32_t>(bits) : 0;
}

/// Padding values of what the layer reads, those of maps that earlier layers read too the same.
inline std::vector<std::uint8_t> random_padding(Random& random, const QuantizedNetwork& network,
                                                std::size_t layer) {
  std::vector<std::uint8_t> padding;
  for (const LayerPart& part : parts_of(network.description, layer)) {
    std::vector<std::uint8_t> own;
    for (std::size_t before = 0; before < layer && own.empty(); ++before) {
      for (const LayerPart& other : parts_of(network.description, before)) {
        if (other.source != part.source) continue;
        const auto from = network.layer(before).padding.begin() +
                          static_cast<std::ptrdiff_t>(other.channel_begin);
        own.assign(from, from + static_cast<std::ptrdiff_t>(part.reader.in_channels));
      }
    }
    while (own.size() < part.reader.in_channels)
      own.push_back(static_cast<std::uint8_t>(random.below(256)));
    // A map may be read twice by one layer.
    for (const LayerPart& other : parts_of(network.description, layer)) {
      if (other.channel_begin >= part.channel_begin || other.source != part.source) continue;
      const auto from = padding.begin() + static_cast<std::ptrdiff_t>(other.channel_begin);
      own.assign(from, from + static_cast<std::ptrdiff_t>(part.reader.in_channels));
    }
    padding.insert(padding.end(), own.begin(), own.end());
  }
  return padding;
}

/// Gives a third of the hidden layers row exponents, and their biases the rows' scales. Takes its
/// chance from the layers' numbers, so that networks without exponents stay what they were.
inline void add_row_exponents(QuantizedNetwork& network) {
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    QuantizedLayer& layer = network.hidden[i];
    const std::size_t rows = layer.bias.size();
    Random random = Random::stream(layer.weights.columns + 31 * rows, layer.fraction_bits, i);
    if (random.below(3) != 0) continue;
    layer.row_exponents.resize(rows);
    for (std::uint8_t& k : layer.row_exponents)
      k = static_cast<std::uint8_t>(random.below(kMaxRowExponent + 1));
    std::uint8_t& one = layer.row_exponents[random.below(rows)];
    one = std::max<std::uint8_t>(one, 1);
    for (std::size_t n = 0; n < rows; ++n) layer.bias[n] *= 1 << layer.row_exponents[n];
  }
}

/// Any numbers the format allows, small enough that activations do not all saturate.
inline QuantizedNetwork random_quantized_network(Random& random, NetworkDescription of,
                                                 bool row_exponents = true) {
  QuantizedNetwork network;
  network.description = std::move(of);
  network.hidden.resize(network.description.hidden.size());
  const auto fraction_bits = static_cast<std::uint32_t>(random.below(9));
  if (network.description.global_pooling) network.pooling.fraction_bits = fraction_bits;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    QuantizedLayer& layer = network.layer(i);
    const std::size_t rows = description.out_channels;
    const std::size_t columns = description.columns.size();
    const ColumnGroups groups = random_groups_of(random, network.description, i);
    const Matrix<std::uint8_t> mask = random_mask(random, rows, columns, groups);
    const Matrix<std::uint8_t> within = conv_group_mask(description);
    Matrix<std::int8_t> full(rows, columns);
    for (std::size_t k = 0; k < full.size(); ++k) {
      if (mask.values()[k] == 0) continue;
      const int value = static_cast<int>(random.below(256)) - 128;
      if (within.values()[k] == 1) full.values()[k] = static_cast<std::int8_t>(value);
    }
    if (fraction_bits % 4 == 3) {
      layer.weight_code = WeightCode::kPowerOfTwo;
      for (std::int8_t& weight : full.values()) {
        if (weight != 0)
          weight = static_cast<std::int8_t>((weight < 0 ? -1 : 1) << (weight & 7) % 7);
      }
    }
    layer.weights = pack(full, groups);
    layer.fraction_bits = static_cast<std::uint32_t>(between(random, 0, 11));
    const std::uint64_t reach = 512ULL << layer.fraction_bits;
    for (std::size_t n = 0; n < rows; ++n) {
      layer.bias.push_back(static_cast<std::int32_t>(
          static_cast<std::int64_t>(random.below(reach)) - static_cast<std::int64_t>(reach / 4)));
    }
    layer.padding = random_padding(random, network, i);
  }
  if (row_exponents) add_row_exponents(network);
  return network;
}

inline QuantizedNetwork random_quantized_network(Random& random,
                                                 const NetworkLimits& limits = {
                                                     .tables = true, .row_tables = true}) {
  return random_quantized_network(random, random_description(random, limits), limits.row_exponents);
}

/// One raw image for a network, C x H x W.
inline std::vector<std::uint8_t> random_image(Random& random, const InputDescription& input) {
  std::vector<std::uint8_t> image(input.size());
  for (auto& pixel : image) pixel = static_cast<std::uint8_t>(random.below(256));
  return image;
}

}  // namespace colcomb::tests
