#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::tiling {

/// Where maps lie between the layers.
struct Placement {
  std::vector<std::uint8_t> streamed;  // per layer: its maps do not fit the data buffer together
  std::vector<std::uint8_t> output_in_dram;  // per layer: its output map resides in DRAM

  /// Whether what `layer` reads as its input resides in DRAM: the images or the map before it.
  [[nodiscard]] bool input_in_dram(std::size_t layer) const {
    return layer == 0 ? streamed[0] != 0 : output_in_dram[layer - 1] != 0;
  }
};

/// By the rules of docs/reference/cycle-model.md, "Tiles".
/// Errors: UserError where not even a batch's pooled bytes fit the data buffer.
[[nodiscard]] Placement place_maps(const NetworkDescription& network, const ArrayConfig& config);

}  // namespace colcomb::tiling
