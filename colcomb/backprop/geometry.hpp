#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/backprop/kernels.hpp"

namespace colcomb::backprop {

/// Rows begin, ..., end - 1 of a map.
struct Rows {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t count() const { return end - begin; }
};

/// Where a map's pixels lie within a block of sixteen images: row after row, in each row channel
/// after channel, so that some rows of all channels are one piece of memory. Left and right of a
/// channel's row lie `halo` pixels that are always zero.
struct MapGeometry {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t halo = 0;

  [[nodiscard]] Steps steps() const {
    // An odd number of vectors per channel: widths are often powers of two, and then a pixel's
    // channels would share a few sets of the caches.
    const std::size_t channel = ((width + 2 * halo) | 1) * kLanes;
    return {channels * channel, channel};
  }
  [[nodiscard]] std::size_t floats() const { return height * steps().row; }
  /// Float offset of a pixel of channel 0.
  [[nodiscard]] std::size_t at(std::size_t y, std::size_t x) const {
    return y * steps().row + (x + halo) * kLanes;
  }
  bool operator==(const MapGeometry&) const = default;
};

/// One layer's addresses. It is worked on in strips of output rows, few enough that what a strip
/// reads and writes stays near the processor.
struct LayerGeometry {
  std::size_t in_height = 0;
  /// The part of the input map that one strip reads, with zeros beyond the map's border, so that a
  /// column's offset needs no check.
  MapGeometry input;
  /// Of the product (before batch norm) and of all that belongs to it, such as its gradient: whole
  /// maps and, with fewer rows, strips.
  MapGeometry output;
  /// The same of a narrow map: channels are pairs of the product's.
  MapGeometry narrow;
  std::size_t columns = 0;
  std::size_t stride = 1;
  std::size_t margin = 0;        // input rows above a strip's first that its columns reach
  std::size_t strip_height = 0;  // output rows of every strip but the last
  bool shared_channels = false;  // several columns read one channel

  std::vector<std::int32_t> column_offset;  // M: in the strip's input
  std::vector<std::int32_t> pixel_in;       // strip_height x width: in the strip's input
  std::vector<std::int32_t> row_offset;     // N: in the product
  std::vector<std::int32_t> pixel_out;      // strip_height x width: in the strip's product
  std::vector<std::int32_t> narrow_row;     // N: in the narrow product, of the row's pair
  std::vector<std::int32_t> narrow_pixel;   // strip_height x width: in the strip's narrow product

  [[nodiscard]] std::size_t rows() const { return output.channels; }  // N
  [[nodiscard]] std::size_t out_pixels() const { return output.height * output.width; }
  [[nodiscard]] std::size_t strips() const {
    return (output.height + strip_height - 1) / strip_height;
  }
  [[nodiscard]] Rows strip(std::size_t index) const {
    const std::size_t begin = index * strip_height;
    return {begin, begin + strip_height < output.height ? begin + strip_height : output.height};
  }
  /// The input row, perhaps beyond the border, that is row 0 of a strip's input.
  [[nodiscard]] std::ptrdiff_t first_input_row(Rows strip) const {
    return static_cast<std::ptrdiff_t>(strip.begin * stride) - static_cast<std::ptrdiff_t>(margin);
  }
};

/// Addresses of every layer, the linear one included: its input is the pooled 1 x 1 map.
/// A strip's part of the input map takes at most `strip_bytes`, unless one output row needs more.
/// Errors: UserError if a map is too large for 32-bit addresses.
[[nodiscard]] std::vector<LayerGeometry> layer_geometries(const NetworkDescription& network,
                                                          std::size_t strip_bytes);

}  // namespace colcomb::backprop
