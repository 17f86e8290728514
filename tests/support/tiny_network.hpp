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
  network.description.hidden = {conv};
  network.description.classifier = make_classifier(1, 2);
  FloatLayer first;
  first.weights = Matrix<float>(1, 1, 0.5F);
  first.batch_norm =
      BatchNorm{{2}, {1}, {0.25F}, {3.99999F}};  // scale 2 / sqrt(3.99999 + 1e-5) = 1
  network.hidden = {first};
  network.classifier.weights = Matrix<float>(2, 1, {1.0F, -0.5F});
  network.classifier.bias = {0.125F, -0.125F};
  return network;
}

}  // namespace colcomb::tests
