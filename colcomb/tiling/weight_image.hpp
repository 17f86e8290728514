#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb::tiling {

/// A cell's W bits as they are cut into weight-load cycles, the lowest first: magnitude (8), sign,
/// select; of a parallel cell the weight in two's complement (8) and the select.
[[nodiscard]] std::uint64_t weight_code(CellKind cell, std::int8_t weight, std::uint8_t select);

/// Appends what DRAM holds of one tile's weights: row after row, for each its L weight-load cycles
/// of config.weight_line_bytes bytes, in which bit c * load_lines + k is what load line k of column
/// c gets; zeros up to the end of the last burst. `groups`: the layer's group in each column.
void append_weight_image(std::vector<std::uint8_t>& image, const QuantizedLayer& layer,
                         std::span<const std::uint32_t> groups, const Tile& tile,
                         const ArrayConfig& config);

}  // namespace colcomb::tiling
