#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "colcomb/tiling/baselines.hpp"
#include "tests/support/random_array.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::tests {

/// A network and an array that fits it, both of awkward shape.
struct Machine {
  QuantizedNetwork network;
  ArrayConfig config;
};

/// Some networks have no combined columns, so that BL and IL cells come up; some have small
/// numbers, so that 16 bits do; some have a layer without any weight. `branches`: its layers read
/// any earlier ones.
inline Machine random_machine(Random& random, bool branches = false,
                              const NetworkLimits& limits = {.tables = true, .row_tables = true}) {
  QuantizedNetwork network = branches
                                 ? random_quantized_network(random, random_branches(random, limits))
                                 : random_quantized_network(random, limits);
  if (random.below(6) == 0) {
    QuantizedLayer& layer = network.layer(random.below(network.layer_count()));
    layer.weights = pack(Matrix<std::int8_t>(layer.weights.rows(), layer.weights.columns), {});
  }
  if (random.below(3) == 0) network = tiling::without_combining(network);
  if (random.below(3) == 0) network = with_small_accumulations(network);
  ArrayConfig config = random_array(random, network);
  return {std::move(network), std::move(config)};
}

/// `count` raw images, one after the other.
inline std::vector<std::uint8_t> random_images(Random& random, const InputDescription& input,
                                               std::size_t count) {
  std::vector<std::uint8_t> images;
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = random_image(random, input);
    images.insert(images.end(), image.begin(), image.end());
  }
  return images;
}

}  // namespace colcomb::tests
