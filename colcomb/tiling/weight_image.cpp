#include "colcomb/tiling/weight_image.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb::tiling {

std::uint64_t weight_code(CellKind cell, std::int8_t weight, std::uint8_t select) {
  if (cell == CellKind::kParallel)
    return std::uint64_t{static_cast<std::uint8_t>(weight)} | std::uint64_t{select} << 8U;
  const int value = weight;
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -value : value);
  return magnitude | std::uint64_t{value < 0} << 8U | std::uint64_t{select} << 9U;
}

void append_weight_image(std::vector<std::uint8_t>& image, const QuantizedLayer& layer,
                         std::span<const std::uint32_t> groups, const Tile& tile,
                         const ArrayConfig& config) {
  const std::size_t begin = image.size();
  const std::uint64_t line_bytes = config.weight_line_bytes(groups.size());
  image.resize(begin + config.weight_image_bytes(tile.rows, groups.size()));
  const std::size_t lines = config.load_lines();
  for (std::size_t r = 0; r < tile.rows; ++r) {
    for (std::size_t c = 0; c < groups.size(); ++c) {
      const std::uint64_t code =
          weight_code(config.cell, layer.weights.values(tile.row_begin + r, groups[c]),
                      layer.weights.selects(tile.row_begin + r, groups[c]));
      for (std::size_t bit = 0; bit < config.weight_bits(); ++bit) {
        if (((code >> bit) & 1U) == 0) continue;
        const std::size_t line = r * config.load_clocks() + bit / lines;
        const std::size_t at = c * lines + bit % lines;
        image[begin + line * line_bytes + at / 8] |= static_cast<std::uint8_t>(1U << (at % 8));
      }
    }
  }
}

}  // namespace colcomb::tiling
