#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/backprop/kernels.hpp"

namespace colcomb::backprop {

/// Where the channels of a map lie within a block of sixteen images. Around the map lie `halo`
/// pixels that are always zero, so that a column's offset needs no check at the border.
struct MapGeometry {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t halo = 0;

  [[nodiscard]] std::size_t pixels() const { return height * width; }
  [[nodiscard]] std::size_t pitch() const { return (width + 2 * halo) * kLanes; }
  [[nodiscard]] std::size_t plane() const { return (height + 2 * halo) * pitch(); }
  [[nodiscard]] std::size_t floats() const { return channels * plane(); }
  /// Float offset of a pixel of channel 0.
  [[nodiscard]] std::size_t at(std::size_t y, std::size_t x) const {
    return (y + halo) * pitch() + (x + halo) * kLanes;
  }
};

/// One layer's addresses. Its input lies in a map with a halo, its product (before batch norm) and
/// that product's gradient dense: channel after channel, out_pixels vectors each.
struct LayerGeometry {
  MapGeometry input;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t out_height = 0;
  std::size_t out_width = 0;
  bool shared_channels = false;  // several columns read one channel

  std::vector<std::int32_t> column_offset;  // M: in the input map
  std::vector<std::int32_t> pixel_in;       // out_pixels: in the input map
  std::vector<std::int32_t> row_offset;     // N: in the dense product
  std::vector<std::int32_t> pixel_out;      // out_pixels: in the dense product

  [[nodiscard]] std::size_t out_pixels() const { return out_height * out_width; }
  [[nodiscard]] std::size_t out_floats() const { return rows * out_pixels() * kLanes; }
};

/// Addresses of every layer, the linear one included: its input is the pooled 1 x 1 map.
/// Errors: UserError if a map is too large for 32-bit addresses.
[[nodiscard]] std::vector<LayerGeometry> layer_geometries(const NetworkDescription& network);

}  // namespace colcomb::backprop
