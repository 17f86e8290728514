#pragma once

#include <algorithm>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"

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

}  // namespace colcomb::tests
