#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/semantics/geometry.hpp"

namespace colcomb::simulation {

/// Where a word of one image of a batch stands.
struct WordPlace {
  std::size_t image = 0;
  std::size_t y = 0;
  std::size_t x = 0;
};

[[nodiscard]] inline WordPlace place_of(const LayerDescription& layer, std::uint64_t word) {
  const WordGrid words = layer.words();
  return {word / words.words(), word % words.words() / words.width(), word % words.width()};
}

/// The input pixel that a column reads for a word; nothing where it lies outside the map.
[[nodiscard]] inline std::optional<std::size_t> input_pixel(const LayerDescription& layer,
                                                            const Column& column,
                                                            const WordPlace& place) {
  return semantics::input_pixel(layer, column, place.y, place.x);
}

/// The pixel of layer `index`'s residual source that is added to a word.
[[nodiscard]] inline std::size_t residual_pixel(const NetworkDescription& network,
                                                std::size_t index, const WordPlace& place) {
  return semantics::ResidualPixels(network, index)(place.y, place.x);
}

}  // namespace colcomb::simulation
