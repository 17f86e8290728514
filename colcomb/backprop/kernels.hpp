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

/// Sums of a product's outputs, for the batch norm that follows: per row, over the pixels of a
/// block, of (y - pivot) and of its square. The pivot keeps the variance's difference of large
/// numbers harmless.
struct RowSums {
  const float* pivot = nullptr;  // per row
  float* sums = nullptr;         // rows x 2 vectors; added to
};

/// out[row_out[n] + pixel_out[p]] = sum over k of w(n, k) * in[column_in[k] + pixel_in[p]].
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
  bool add = false;  // to what lies there
  RowSums sums;      // of rows, if pivot is given
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

/// A map of one channel within a block: rows of `width` vectors, `pitch` floats apart.
struct Plane {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t pitch = 0;
};

/// out = clamp(y * scale + shift + residual, 0, top) * lanes, over the pixels of one channel, if
/// `rounded` to the nearest whole number, ties upwards.
struct Activation {
  const float* y = nullptr;  // dense
  float scale = 1;
  float shift = 0;
  const float* residual = nullptr;  // if given: pixel (0, 0) of the source's channel
  std::size_t residual_row = 0;     // floats from one row to the next
  std::size_t residual_column = 0;  // floats from one column to the next
  const float* lanes = nullptr;     // one vector: 1 for images, 0 beyond the last
  float* out = nullptr;
  Plane plane;    // of out
  float top = 6;  // where activations saturate
  bool rounded = false;
};

/// dz = 0 < a < top ? d (+ pending) : 0, over the pixels of one channel, with the sums of dz and of
/// dz * (y - mean) added to two vectors.
struct ActivationGradient {
  const float* d = nullptr;
  const float* a = nullptr;
  Plane plane;                     // of d and a
  const float* pending = nullptr;  // if given, dense: gradients through residual additions
  const float* y = nullptr;        // dense
  float top = 6;
  float mean = 0;
  float* dz = nullptr;    // dense
  float* sums = nullptr;  // 2 vectors
};

/// dy = (dz * a + y * b + c) * lanes over `pixels` vectors: back through batch norm.
struct NormGradient {
  const float* dz = nullptr;
  const float* y = nullptr;
  float a = 0, b = 0, c = 0;
  const float* lanes = nullptr;
  std::size_t pixels = 0;
  float* dy = nullptr;
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

  /// Adds to out(n, k), rows x columns, dense.
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
};

#define COLCOMB_KERNELS(name) [[nodiscard]] const Kernels& name##_kernels();
#include "colcomb/backprop/kernels.def"
#undef COLCOMB_KERNELS

/// Those that this processor can run, fastest first. Never empty.
[[nodiscard]] std::span<const Kernels* const> supported_kernels();

}  // namespace colcomb::backprop
