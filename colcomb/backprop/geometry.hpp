#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/backprop/kernels/kernels.hpp"

namespace colcomb::backprop {

/// Rows begin, ..., end - 1 of a map.
struct Rows {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t count() const { return end - begin; }
};

/// Layout of a map of sixteen images. Pixel [y, x] of channel c is the vector at float offset
/// at(y, x) + c * strides().channel: rows of pixels are outermost, so that some rows of all
/// channels are contiguous. `halo` zero pixels lie on either side of each channel's row.
struct MapGeometry {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t halo = 0;

  [[nodiscard]] MapStrides strides() const {
    // An odd number of vectors per channel: with a power of two, as widths often are, the channels
    // of a pixel would compete for a few sets of the caches.
    const std::size_t channel = ((width + 2 * halo) | 1) * kVectorImages;
    return {channels * channel, channel};
  }
  [[nodiscard]] std::size_t floats() const { return height * strides().row; }
  /// Float offset of a pixel of channel 0.
  [[nodiscard]] std::size_t at(std::size_t y, std::size_t x) const {
    return y * strides().row + (x + halo) * kVectorImages;
  }
  bool operator==(const MapGeometry&) const = default;
};

/// Offsets of one layer's products, which are computed by tiles of output rows: few enough rows
/// that what a tile reads and writes stays in the caches. N rows, M columns. A layer that reads
/// several maps is a pointwise one here, of an input with a channel for each of its columns.
struct LayerGeometry {
  std::size_t in_height = 0;
  /// The rows of the input map that one tile reads, with zeros beyond the map's border, so that a
  /// column's offset needs no check.
  MapGeometry input;
  /// The product (before batch norm), its gradient and the activations: whole maps and, with fewer
  /// rows, tiles.
  MapGeometry output;
  /// What the next layer reads: the activations, or what pooling windows make of them.
  MapGeometry result;
  /// The same as a bf16-packed map: ceil(N / 2) channels.
  MapGeometry output_bf16;
  std::size_t columns = 0;
  std::size_t stride = 1;
  std::size_t margin = 0;        // input rows above a tile's first that its columns reach
  std::size_t tile_height = 0;   // output rows of every tile but the last
  bool shared_channels = false;  // several columns read one channel

  std::vector<std::int32_t> column_offset;  // M, in the tile's input
  std::vector<std::int32_t> pixel_in;       // tile_height x width: in the tile's input
  std::vector<std::int32_t> row_offset;     // N: in the product
  std::vector<std::int32_t> pixel_out;      // tile_height x width: in the tile's product
  std::vector<std::int32_t> bf16_row;       // N, in the bf16-packed product: of the row's pair
  std::vector<std::int32_t> bf16_pixel;  // tile_height x width, in the tile's bf16-packed product

  [[nodiscard]] std::size_t rows() const { return output.channels; }  // N
  [[nodiscard]] std::size_t out_pixels() const { return output.height * output.width; }
  [[nodiscard]] std::size_t tiles() const {
    return (output.height + tile_height - 1) / tile_height;
  }
  [[nodiscard]] Rows tile(std::size_t index) const {
    const std::size_t begin = index * tile_height;
    return {begin, begin + tile_height < output.height ? begin + tile_height : output.height};
  }
  /// The input row, perhaps beyond the border, that is row 0 of a tile's input.
  [[nodiscard]] std::ptrdiff_t first_input_row(Rows tile) const {
    return static_cast<std::ptrdiff_t>(tile.begin * stride) - static_cast<std::ptrdiff_t>(margin);
  }
};

/// Offsets of every layer, the classifier included: its input is a 1 x 1 map, with a channel for
/// each of its columns. The input
/// rows of a tile take at most `tile_bytes`, unless one output row needs more. Errors: UserError if
/// a map is too large for 32-bit offsets.
[[nodiscard]] std::vector<LayerGeometry> layer_geometries(const NetworkDescription& network,
                                                          std::size_t tile_bytes);

}  // namespace colcomb::backprop
