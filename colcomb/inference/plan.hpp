#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::inference {

// A packed network laid out for a processor. Maps are pixel by pixel, each pixel the bytes of all
// channels, with a border that holds the padding values: a column is then the same byte offset from
// every output pixel, whatever its channel, shift or tap. Groups are laid side by side into
// *windows*, as many columns as one table look-up instruction can choose from: the look-up does
// what the array's MX cell does, for many rows at once.

/// What a kernel asks of the layout.
struct Geometry {
  std::size_t window = 0;  // columns one look-up chooses from
  std::size_t depth = 0;   // groups one multiply-add instruction sums up, a *step*
  std::size_t chunk = 0;   // rows computed together
};

/// Bytes from one output row or pixel to the next.
struct Pitch {
  std::ptrdiff_t row = 0;
  std::ptrdiff_t pixel = 0;

  [[nodiscard]] std::ptrdiff_t at(std::size_t y, std::size_t x) const {
    return static_cast<std::ptrdiff_t>(y) * row + static_cast<std::ptrdiff_t>(x) * pixel;
  }
};

/// Bytes that a vector load may read before and behind a map.
inline constexpr std::size_t kSlack = 64;

/// Where a map lies in its buffer: between kSlack bytes on either side.
struct MapPlan {
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<std::uint32_t> order;   // channel at each position of a pixel
  std::vector<std::uint8_t> padding;  // value of border pixels at each position
  std::size_t top = 0, left = 0;      // border before the map
  std::size_t bottom = 0, right = 0;  // border behind it
  Pitch pitch;                        // of the map itself, with stride 1
  std::size_t buffer = 0;             // maps never in use together may share one

  [[nodiscard]] std::size_t bytes() const {
    return 2 * kSlack + (top + height + bottom) * row_bytes();
  }
  [[nodiscard]] std::size_t row_bytes() const { return static_cast<std::size_t>(pitch.row); }
  [[nodiscard]] std::size_t origin() const {  // of pixel (0, 0)
    return kSlack + top * row_bytes() + left * static_cast<std::size_t>(pitch.pixel);
  }
  /// Same place, size and border, so that one border serves both.
  [[nodiscard]] bool same_layout(const MapPlan& other) const;
};

/// A byte offset that stands for "always 0".
inline constexpr std::ptrdiff_t kNothing = std::numeric_limits<std::ptrdiff_t>::min();

struct Window {
  std::vector<std::ptrdiff_t> columns;  // at most Geometry::window: byte offset from the pixel
  std::size_t steps = 0;                // Geometry::depth groups each, the last one maybe fewer
};

struct Cell {
  std::int8_t weight = 0;
  std::uint8_t column = 0;  // within the window
};

/// Where the kernel of a layer of several parts finds its columns: in a map of its own, without
/// border, whose pixel (y, x) holds what each column reads for the sum (y, x), side by side.
struct JoinedColumns {
  /// Columns that one map gives.
  struct Part {
    std::size_t map = 0;
    Pitch pitch;                          // of sums in that map, strides included
    std::vector<std::ptrdiff_t> columns;  // byte offset from the pixel
  };
  std::vector<Part> parts;
  std::size_t pixel = 0;  // bytes of a pixel: columns of all parts
};

/// One layer. Rows stand in the order in which the next layer wants its channels.
struct LayerPlan {
  std::size_t rows = 0;
  std::size_t map = 0;                  // that it reads; of joined columns none
  std::optional<JoinedColumns> joined;  // of a layer of several parts
  std::size_t width = 0;                // of the map of sums
  std::size_t pixels = 0;               // of the map of sums
  std::vector<Window> windows;
  Matrix<Cell> cells;  // rows x (depth * steps of all windows)
  std::vector<std::int32_t> bias;
  std::vector<std::uint8_t> shifts;      // per row: its fraction bits
  bool linear = false;                   // the output is 32-bit accumulations, not a map
  Pitch input;                           // of sums in the input map, strides included
  Pitch output;                          // of sums in the map that the kernel writes
  Pitch residual_pitch;                  // of sums in the residual source's map
  std::vector<std::ptrdiff_t> residual;  // per row: byte offset from the pixel, or kNothing; empty
                                         // without a residual source
  std::optional<TableBytes> table;       // looked up in what the kernel has written
  std::vector<TableBytes> row_tables;    // the same of tables by row, in the rows' order; or empty
  std::optional<PoolingWindow> pooling;  // the kernel writes the activations apart
};

struct NetworkPlan {
  std::vector<MapPlan> maps;  // 0: the image after the reshape; i + 1: what hidden layer i gives
  MapPlan pooled;             // 1 x 1, in the last map's order
  bool global_pooling = true;
  std::size_t activation_bytes = 0;  // of the largest map that pooling windows read
  std::size_t joined_bytes = 0;      // of the largest map of joined columns
  std::vector<LayerPlan> layers;
  std::size_t buffers = 0;
};

/// Requires: validate(network) passes.
[[nodiscard]] NetworkPlan plan_network(const QuantizedNetwork& network, const Geometry& geometry);

}  // namespace colcomb::inference
