#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// A shift network in blocks, as `colcomb train` describes them, packed without a free cell.
struct BlockNetwork {
  std::vector<std::size_t> filters, layers, strides, alphas;  // per block
  std::size_t channels = 3;                                   // of the input
  std::size_t side = 32;                                      // of the input, in pixels
  std::size_t classes = 10;
};

/// Every cell holds a random weight, every group as many columns as alpha allows.
inline QuantizedLayer filled_layer(const LayerDescription& description, Random& random) {
  const std::size_t columns = description.columns.size();
  std::vector<std::uint32_t> order(columns);
  std::iota(order.begin(), order.end(), 0U);
  random.shuffle(order);
  QuantizedLayer layer;
  PackedMatrix<std::int8_t>& weights = layer.weights;
  weights.columns = columns;
  for (std::size_t begin = 0; begin < columns; begin += description.alpha) {
    const std::size_t end = std::min(columns, begin + description.alpha);
    weights.groups.groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                       order.begin() + static_cast<std::ptrdiff_t>(end));
  }
  const std::size_t groups = weights.groups.size();
  weights.values = Matrix<std::int8_t>(description.out_channels, groups);
  weights.selects = Matrix<std::uint8_t>(description.out_channels, groups);
  for (std::size_t n = 0; n < description.out_channels; ++n) {
    for (std::size_t g = 0; g < groups; ++g) {
      const int weight = static_cast<int>(std::lround(40 * random.normal()));
      weights.values(n, g) = static_cast<std::int8_t>(std::clamp(weight | 1, -127, 127));
      weights.selects(n, g) =
          static_cast<std::uint8_t>(random.below(weights.groups.groups[g].size()));
    }
  }
  // Sums of about the size that fills the activations' range.
  layer.fraction_bits = static_cast<std::uint32_t>(
      std::lround(std::log2(40 * std::sqrt(static_cast<double>(groups)))));
  layer.bias.assign(description.out_channels, std::int32_t{32} << layer.fraction_bits);
  layer.padding.assign(description.in_channels, 0);
  return layer;
}

inline QuantizedNetwork filled_block_network(const BlockNetwork& blocks, std::uint64_t seed) {
  Random random(seed);
  QuantizedNetwork network;
  NetworkDescription& d = network.description;
  d.input.channels = blocks.channels;
  d.input.height = d.input.width = blocks.side;
  d.input.mean.assign(blocks.channels, 0.5);
  d.input.std.assign(blocks.channels, 0.25);
  d.classes = blocks.classes;
  std::size_t channels = blocks.channels;
  std::size_t side = blocks.side;
  const auto add = [&](LayerKind kind, std::size_t out, std::size_t stride, std::size_t alpha) {
    LayerDescription layer;
    layer.name = "layer" + std::to_string(d.hidden.size());
    layer.kind = kind;
    layer.in_channels = channels;
    layer.out_channels = out;
    layer.kernel = kind == LayerKind::kShift ? 3 : 1;
    layer.stride = stride;
    layer.alpha = alpha;
    layer.columns = convolution_columns(channels, 1);
    layer.in_height = layer.in_width = side;
    if (kind == LayerKind::kShift) {
      for (Column& column : layer.columns) {
        column.dy = static_cast<std::int16_t>(static_cast<int>(random.below(3)) - 1);
        column.dx = static_cast<std::int16_t>(static_cast<int>(random.below(3)) - 1);
      }
    }
    channels = out;
    side = layer.out_height();
    d.hidden.push_back(std::move(layer));
  };
  add(LayerKind::kConvolution, blocks.filters[0], 1, 1);
  for (std::size_t b = 0; b < blocks.filters.size(); ++b) {
    for (std::size_t i = 0; i < blocks.layers[b]; ++i) {
      add(LayerKind::kShift, blocks.filters[b], i == 0 ? blocks.strides[b] : 1,
          blocks.alphas[i == 0 && b > 0 ? b - 1 : b]);
    }
  }
  d.classifier = make_classifier(channels, blocks.classes);
  for (const LayerDescription& layer : d.hidden)
    network.hidden.push_back(filled_layer(layer, random));
  network.classifier = filled_layer(d.classifier, random);
  return network;
}

}  // namespace colcomb::tests
