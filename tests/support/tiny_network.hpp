#pragma once

#include "colcomb/artifacts/float_network.hpp"

namespace colcomb::tests {

/// A 1 x 1 x 2 image, one filter on it, two classes: the worked example of
/// docs/reference/quantization.md.
inline FloatNetwork tiny_network() {
  FloatNetwork network;
  network.description.input = {1, 1, 2, {0.5}, {0.25}, 1};
  network.description.classes = 2;
  LayerDescription conv;
  conv.name = "conv0";
  conv.in_channels = conv.out_channels = 1;
  conv.columns = convolution_columns(1, 1);
  conv.in_height = 1;
  conv.in_width = 2;
  LayerDescription linear;
  linear.name = "linear";
  linear.kind = LayerKind::kLinear;
  linear.in_channels = 1;
  linear.out_channels = 2;
  linear.columns = convolution_columns(1, 1);
  linear.in_height = linear.in_width = 1;
  network.description.layers = {conv, linear};
  FloatLayer first;
  first.weights = Matrix<float>(1, 1, {0.5F});
  first.batch_norm = BatchNorm{{2}, {1}, {0.25F}, {3}, 1.0};  // scale 2 / sqrt(3 + 1) = 1
  FloatLayer last;
  last.weights = Matrix<float>(2, 1, {1.0F, -0.5F});
  last.bias = {0.125F, -0.125F};
  network.layers = {first, last};
  return network;
}

}  // namespace colcomb::tests
