#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// Values of `images` images, all zero, in the network's shapes.
[[nodiscard]] inline std::vector<semantics::ImageValues> empty_values(
    const QuantizedNetwork& network, std::size_t images) {
  semantics::ImageValues values;
  for (const LayerDescription& layer : network.description.hidden) {
    semantics::Map map{layer.out_channels, layer.out_height(), layer.out_width(), {}};
    map.values.resize(map.channels * map.pixels());
    values.outputs.push_back(std::move(map));
  }
  if (network.description.global_pooling)
    values.pooled.resize(network.description.classifier.in_channels);
  values.logits.resize(network.description.classifier.out_channels);
  return std::vector<semantics::ImageValues>(images, values);
}

}  // namespace colcomb::simulation
