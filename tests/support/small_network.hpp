#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// A network for calculations by hand: one pointwise hidden layer "first" on height x width pixels,
/// then "linear". No reshape, no bias, no fraction bits.
inline QuantizedNetwork pointwise_network(std::size_t height, std::size_t width,
                                          const Matrix<std::int8_t>& first,
                                          const ColumnGroups& first_groups,
                                          const Matrix<std::int8_t>& linear,
                                          const ColumnGroups& linear_groups) {
  QuantizedNetwork network;
  network.description.input = {first.cols(), height, width, {}, {}, 1};
  network.description.input.mean.assign(first.cols(), 0.5);
  network.description.input.std.assign(first.cols(), 0.25);
  network.description.classes = linear.rows();
  const auto layer = [](LayerDescription& description, const Matrix<std::int8_t>& weights,
                        const ColumnGroups& groups) {
    for (const auto& group : groups.groups)
      description.alpha = std::max(description.alpha, group.size());
    QuantizedLayer result;
    result.weights = pack(weights, groups);
    result.bias.assign(weights.rows(), 0);
    result.padding.assign(weights.cols(), 0);
    return result;
  };
  LayerDescription& hidden = network.description.hidden.emplace_back();
  hidden.name = "first";
  hidden.in_channels = first.cols();
  hidden.out_channels = first.rows();
  hidden.columns = convolution_columns(first.cols(), 1);
  hidden.in_height = height;
  hidden.in_width = width;
  network.description.classifier = make_classifier(linear.cols(), linear.rows());
  network.hidden.push_back(layer(hidden, first, first_groups));
  network.classifier = layer(network.description.classifier, linear, linear_groups);
  return network;
}

/// The same with every weight 1 and every column a group of its own.
inline QuantizedNetwork dense_network(std::size_t height, std::size_t width, std::size_t channels,
                                      std::size_t filters, std::size_t classes) {
  return pointwise_network(height, width, Matrix<std::int8_t>(filters, channels, 1),
                           singleton_groups(channels), Matrix<std::int8_t>(classes, filters, 1),
                           singleton_groups(filters));
}

/// `depth` hidden 3 x 3 layers of equal channels and padding (so that the maps between them may
/// share memory), random numbers, every column a group of its own, on side x side pixels; then 3
/// classes.
inline QuantizedNetwork convolution_chain(Random& random, std::size_t side, std::size_t channels,
                                          std::size_t depth) {
  QuantizedNetwork network = dense_network(side, side, channels, channels, 3);
  LayerDescription description = network.description.hidden.front();
  description.kernel = 3;
  description.columns = convolution_columns(channels, 3);
  description.alpha = 1;
  network.hidden.clear();
  network.description.hidden.clear();
  for (std::size_t i = 0; i < depth; ++i) {
    description.name = "layer" + std::to_string(i);
    network.description.hidden.push_back(description);
    QuantizedLayer layer;
    Matrix<std::int8_t> weights(channels, description.columns.size());
    for (auto& weight : weights.values())
      weight = static_cast<std::int8_t>(static_cast<int>(random.below(61)) - 30);
    layer.weights = pack(weights, singleton_groups(description.columns.size()));
    layer.fraction_bits = 6;
    for (std::size_t n = 0; n < channels; ++n)
      layer.bias.push_back(static_cast<std::int32_t>(random.below(100U << 6U)));
    layer.padding.assign(channels, 7);
    network.hidden.push_back(std::move(layer));
  }
  return network;
}

}  // namespace colcomb::tests
