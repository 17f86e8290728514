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
  const auto append = [&network](const char* name, LayerKind kind, std::size_t rows,
                                 std::size_t columns, const Matrix<std::int8_t>& weights,
                                 const ColumnGroups& groups) {
    LayerDescription description;
    description.name = name;
    description.kind = kind;
    description.in_channels = weights.cols();
    description.out_channels = weights.rows();
    for (const auto& group : groups.groups)
      description.alpha = std::max(description.alpha, group.size());
    description.columns = convolution_columns(weights.cols(), 1);
    description.in_height = rows;
    description.in_width = columns;
    network.description.layers.push_back(std::move(description));
    QuantizedLayer layer;
    layer.weights = pack(weights, groups);
    layer.bias.assign(weights.rows(), 0);
    layer.padding.assign(weights.cols(), 0);
    network.layers.push_back(std::move(layer));
  };
  append("first", LayerKind::kConvolution, height, width, first, first_groups);
  append("linear", LayerKind::kLinear, 1, 1, linear, linear_groups);
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
