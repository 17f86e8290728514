#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace colcomb::backprop {

// Sixteen images lie side by side in a vector: element (image, channel, pixel) of a block of
// sixteen is float kLanes * (channel * plane + pixel) + image. A spatial offset is then a step of
// whole vectors, always aligned, so shifts, strides and borders cost a product nothing.

inline constexpr std::size_t kLanes = 16;

/// One vector of floats, for storage.
struct alignas(64) LaneVector {
  float lanes[kLanes] = {};
};

// All offsets below count floats.
//
// A map that is kept from a product to its gradient may be narrow: rounded to bfloat16, channels 2c
// and 2c + 1 in one float's place, the first in the lower half. Its channels' steps are pairs'.

/// Sums of a product's outputs, for the batch norm that follows: per row, over the pixels of a
/// block, of (y - pivot) and of its square. The pivot keeps the variance's difference of large
/// numbers harmless.
struct RowSums {
  const float* pivot = nullptr;  // per row
  float* sums = nullptr;         // rows x 2 vectors; added to
};

/// out[row_out[n] + pixel_out[p]] = sum over k of w(n, k) * in[column_in[k] + pixel_in[p]]. Where
/// `out` is narrow, row_out of an even row is its pair's, and that of an odd one is not read.
struct Product {
  std::size_t rows = 0;
  std::size_t columns = 0;
  const float* in = nullptr;
  float* out = nullptr;
  const std::int32_t* column_in = nullptr;
  const std::int32_t* row_out = nullptr;
  std::size_t pixels = 0;
  const std::int32_t* pixel_in = nullptr;
  const std::int32_t* pixel_out = nullptr;
  bool add = false;       // to what lies there
  bool streamed = false;  // past the caches: not read again soon
  bool narrow = false;    // out; then `add` must be false
  RowSums sums;           // of rows, if pivot is given
};

/// A surviving weight: what it meets and how much it counts.
struct Tap {
  float weight = 0;
  std::int32_t offset = 0;
};

/// The gradient of a filter matrix: for each weight the sum over pixels and lanes of
/// grad[row_grad[n] + pixel_grad[p]] * in[column_in[k] + pixel_in[p]].
struct WeightGradient {
  std::size_t rows = 0;
  std::size_t columns = 0;
  const float* grad = nullptr;
  const float* in = nullptr;
  const std::int32_t* row_grad = nullptr;
  const std::int32_t* column_in = nullptr;
  std::size_t pixels = 0;
  const std::int32_t* pixel_grad = nullptr;
  const std::int32_t* pixel_in = nullptr;
};

/// Numbers rounded to bfloat16, two in a float's place: vector p of piece i has those at
/// in[low[i] + low_pixel[p]] in the lower halves.
struct Pairs {
  std::size_t count = 0;
  const float* in = nullptr;
  const std::int32_t* low = nullptr;
  const std::int32_t* high = nullptr;
  std::size_t pixels = 0;
  const std::int32_t* low_pixel = nullptr;
  const std::int32_t* high_pixel = nullptr;
  float* out = nullptr;
  std::size_t step = 0;  // floats from one piece to the next
};

/// How many floats lie from one row, or channel, of a map to the next.
struct Steps {
  std::size_t row = 0;
  std::size_t channel = 0;
};

/// Some rows of a map.
struct Extent {
  std::size_t rows = 0;
  std::size_t channels = 0;
  std::size_t width = 0;  // vectors
};

/// out = clamp(y * scale + shift + residual, 0, top) * lanes, if `rounded` to the nearest whole
/// number, ties upwards.
struct Activation {
  Extent extent;
  const float* y = nullptr;
  Steps y_steps;
  bool narrow = false;           // y
  const float* scale = nullptr;  // per channel
  const float* shift = nullptr;
  std::size_t residual_channels = 0;  // the first ones get a residual
  const float* residual = nullptr;
  Steps residual_steps;
  std::size_t residual_column = 0;  // floats from one column to the next
  const float* lanes = nullptr;     // one vector: 1 for images, 0 beyond the last
  float* out = nullptr;
  Steps out_steps;
  float top = 6;  // where activations saturate
  bool rounded = false;
};

/// dz = 0 < a < top ? d (+ pending) : 0, with the sums of dz and of dz * (y - mean) added to two
/// vectors per channel.
struct ActivationGradient {
  Extent extent;
  const float* d = nullptr;
  const float* a = nullptr;
  Steps map_steps;                 // of d and a
  const float* pending = nullptr;  // if given: gradients through residual additions
  Steps pending_steps;
  const float* y = nullptr;
  const float* mean = nullptr;  // per channel
  float* dz = nullptr;          // past the caches
  Steps stored_steps;           // of y and dz
  bool narrow = false;          // y and dz
  float* sums = nullptr;        // channels x 2 vectors
  float top = 6;
};

/// dy = (dz * a + y * b + c) * lanes: back through batch norm.
struct NormGradient {
  Extent extent;
  const float* dz = nullptr;
  const float* y = nullptr;
  Steps stored_steps;   // of dz and y
  bool narrow = false;  // dz and y
  float* dy = nullptr;
  Steps dy_steps;
  bool dy_narrow = false;                                // dy; then dz and y must be, too
  const float *a = nullptr, *b = nullptr, *c = nullptr;  // per channel
  const float* lanes = nullptr;
};

/// One instruction set. All pointers to vectors are 64-aligned.
struct Kernels {
  const char* name = "";
  bool (*supported)() = nullptr;  // by this processor

  /// Rows that a product computes together. Dense weights come in blocks of so many rows,
  /// columns x rows each, the last padded with zeros.
  std::size_t block_rows = 0;
  void (*product)(const Product&, const float* weights) = nullptr;
  /// Row n has the taps first[n] to first[n + 1]; Product::columns and column_in are not read.
  void (*sparse_product)(const Product&, const std::uint32_t* first, const Tap* taps) = nullptr;

  /// Adds to out(k, n): for each column the rows, padded to a multiple of block_rows.
  void (*weight_gradient)(const WeightGradient&, float* out) = nullptr;
  /// Adds to vector i of `sums` for tap i, whose offset is column_in of its column; the weight's
  /// gradient is the sum of the vector's lanes.
  void (*sparse_weight_gradient)(const WeightGradient&, const std::uint32_t* first, const Tap* taps,
                                 float* sums) = nullptr;
  /// Adds the sum of vector i's lanes to out[i] and clears the vector.
  void (*collect)(float* vectors, std::size_t count, float* out) = nullptr;

  void (*activate)(const Activation&) = nullptr;
  void (*activation_gradient)(const ActivationGradient&) = nullptr;
  void (*norm_gradient)(const NormGradient&) = nullptr;

  // In bfloat16, summed in float: everywhere else a column, a row or a pixel is one number per
  // lane, here it is two.
  /// The numbers at high[i] + high_pixel[p] in the upper halves.
  void (*make_pairs)(const Pairs&) = nullptr;
  /// The next pixel's in the upper halves: half as many vectors, the last with zeros if the number
  /// of pixels is odd. `high` and `high_pixel` are not read.
  void (*make_pixel_pairs)(const Pairs&) = nullptr;
  /// The same of the two channels of each piece of a narrow map, `count` channels in all: piece i
  /// is channel 2 i, and out has a piece for each channel.
  void (*split_pixel_pairs)(const Pairs&) = nullptr;
  /// Of pairs of columns, and of weights.
  void (*pair_product)(const Product&, const float* weights) = nullptr;
  /// Of pairs of pixels.
  void (*pair_weight_gradient)(const WeightGradient&, float* out) = nullptr;
};

#define COLCOMB_KERNELS(name) [[nodiscard]] const Kernels& name##_kernels();
#include "colcomb/backprop/kernels.def"
#undef COLCOMB_KERNELS

/// Those that this processor can run, fastest first. Never empty.
[[nodiscard]] std::span<const Kernels* const> supported_kernels();

}  // namespace colcomb::backprop
