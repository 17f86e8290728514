#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/semantics/map.hpp"

namespace colcomb::semantics {

/// What a machine that runs the network writes for one image.
struct ImageValues {
  std::vector<Map> outputs;          // of each hidden layer
  std::vector<std::uint8_t> pooled;  // what the classifier reads; empty without global pooling
  std::vector<std::int32_t> logits;  // one for each class

  bool operator==(const ImageValues&) const = default;
};

/// What the integer network gives for each of `images`, which are raw and lie one after the other.
/// `progress` counts images. Requires: images.size() is a multiple of one image's.
[[nodiscard]] std::vector<ImageValues> image_values(const QuantizedNetwork& network,
                                                    std::span<const std::uint8_t> images,
                                                    std::size_t threads,
                                                    const ProgressFunction& progress = nullptr);

}  // namespace colcomb::semantics
