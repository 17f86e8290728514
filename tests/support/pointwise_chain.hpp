#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Pointwise layers with biases "layer0", "layer1", ... on side x side maps, from widths[0] input
/// channels to each next width, and a classifier of ten classes.
inline NetworkDescription pointwise_chain(const std::vector<std::size_t>& widths, std::size_t side,
                                          std::size_t alpha) {
  NetworkDescription network;
  network.input = {widths[0],
                   side,
                   side,
                   std::vector<double>(widths[0], 0.5),
                   std::vector<double>(widths[0], 0.25),
                   1};
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    LayerDescription layer;
    layer.name = "layer" + std::to_string(i);
    layer.in_channels = widths[i];
    layer.out_channels = widths[i + 1];
    layer.in_height = layer.in_width = side;
    layer.alpha = alpha;
    layer.columns = convolution_columns(widths[i], 1);
    layer.batch_norm = false;
    network.hidden.push_back(layer);
  }
  network.classifier = make_classifier(widths.back(), network.classes);
  return network;
}

/// Its weights, normally distributed, times a factor per column, so that columns differ in
/// importance.
inline FloatNetwork random_numbers(const NetworkDescription& description, Random& random) {
  FloatNetwork network;
  network.description = description;
  network.hidden.resize(description.hidden.size());
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = description.layer(i);
    FloatLayer& numbers = network.layer(i);
    numbers.weights = Matrix<float>(layer.out_channels, layer.columns.size());
    for (std::size_t m = 0; m < layer.columns.size(); ++m) {
      const double factor = 0.1 + random.uniform();
      for (std::size_t n = 0; n < layer.out_channels; ++n)
        numbers.weights(n, m) = static_cast<float>(factor * random.normal());
    }
    numbers.bias.assign(layer.out_channels, 0.0F);
  }
  return network;
}

}  // namespace colcomb::tests
