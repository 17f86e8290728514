#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::tiling {

// Cross-layer pipelining (paper, section 3.6): an array of its own for every layer, as large as its
// packed filter matrix, and in front of each a line buffer that holds what it still reads of the
// map before. docs/reference/cycle-model.md, "Cross-layer pipelining".

/// Which pixels of a map a layer's words read: word (y, x) those of the box from pixel (y * stride
/// + least_dy, x * stride + least_dx) to (y * stride + most_dy, x * stride + most_dx), as far as it
/// lies in the map. Pixels and words come row-major.
struct ReadBox {
  std::size_t height = 1;
  std::size_t width = 1;
  std::size_t stride = 1;
  std::int32_t least_dy = 0;
  std::int32_t most_dy = 0;
  std::int32_t least_dx = 0;
  std::int32_t most_dx = 0;

  [[nodiscard]] std::uint64_t pixels() const { return height * width; }
  /// Pixels, counted from the image's first, up to the last that the word reads; 0: it reads none.
  [[nodiscard]] std::uint64_t needed(std::size_t y, std::size_t x) const;
  /// Pixels, counted from the image's first, that neither this word nor a later one reads.
  [[nodiscard]] std::uint64_t spent(std::size_t y, std::size_t x) const;

  bool operator==(const ReadBox&) const = default;
};

/// The map that a layer reads, or adds, as far as it is needed: a ring of pixels. Pixel g, counted
/// on over the images, is in place g modulo `pixels` of its channel's plane.
struct LineBuffer {
  ReadBox reads;
  std::uint64_t pixels = 0;  // that a plane has room for
  std::uint64_t planes = 0;  // of a bank
  std::uint64_t banks = 0;   // one per column; of a residual source one per row bus

  [[nodiscard]] std::uint64_t bytes() const { return pixels * planes * banks; }
};

/// One layer and its array.
struct Stage {
  /// A machine of its own: an array of N x max(1, G) cells, one layer, and one tile, which is an
  /// image. `writes` are those of the next stage's banks, so many a write clock.
  TileProgram program;
  LineBuffer input;
  std::optional<LineBuffer> residual;  // of the map that is added
  std::vector<std::size_t> readers;    // stages that add this one's map
};

struct Pipeline {
  ArrayConfig array;  // as the user has described it
  /// The image reader: a row per channel of the image, which writes to the first stage's banks. A
  /// word is a pixel.
  TileProgram reader;
  std::vector<Stage> stages;

  /// Clocks from pixel to pixel of the image reader at least.
  [[nodiscard]] std::uint64_t reader_interval() const;
  /// Bytes of the FIFO between DRAM and image reader: two images and what DRAM's latency holds,
  /// where the input buffer has so many.
  [[nodiscard]] std::uint64_t fifo_bytes() const;
  /// Bytes of an image in DRAM, whole bursts.
  [[nodiscard]] std::uint64_t image_bytes() const;
  /// Clocks from image to image of the slowest part. Where every layer reads something, no line
  /// buffer can better it.
  [[nodiscard]] std::uint64_t least_interval() const;
};

/// Errors: UserError naming layer, field and rule: what require_fits refuses; pooling windows
/// beyond the array's; line buffers of `buffers.line_bytes` in which the network comes to a stop;
/// an input buffer without room for a pixel. Requires: config.batch is 1.
[[nodiscard]] Pipeline compile_pipeline(const QuantizedNetwork& network, const ArrayConfig& config);

}  // namespace colcomb::tiling
