#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/backprop/kernels/vector_layout.hpp"

namespace colcomb::backprop {

/// Where to sum up a product's outputs for the batch norm that follows. For each row n, over the
/// product's pixels, (y - pivot[n]) is added to vector 2n of `sums` and its square to vector 2n +
/// 1, image by image. A pivot near the mean keeps the variance from being a difference of large
/// numbers.
struct RowSums {
  const float* pivot = nullptr;  // rows floats; null: nothing is summed
  float* sums = nullptr;         // rows x 2 vectors
};

/// The product of an N x K filter matrix w with the columns of a map, for P pixels and sixteen
/// images: out[row_out[n] + pixel_out[p]] = sum over k of w(n, k) * in[column_in[k] + pixel_in[p]],
/// each of these a vector.
struct Product {
  std::size_t rows = 0;     // N
  std::size_t columns = 0;  // K
  const float* in = nullptr;
  float* out = nullptr;
  const std::int32_t* column_in = nullptr;  // K offsets
  const std::int32_t* row_out = nullptr;  // N offsets; with out_bf16 those of odd rows are not read
  std::size_t pixels = 0;                 // P
  const std::int32_t* pixel_in = nullptr;   // P offsets
  const std::int32_t* pixel_out = nullptr;  // P offsets
  bool add = false;                         // to what `out` holds, in place of overwriting it
  bool non_temporal = false;                // stores that bypass the caches: not read again soon
  bool out_bf16 = false;                    // rows 2i and 2i + 1 packed; then `add` must be false
  RowSums sums;
};

/// A nonzero weight of a sparse filter matrix, and the float offset of the input it multiplies.
struct Entry {
  float weight = 0;
  std::int32_t offset = 0;
};

/// The gradient of an N x K filter matrix: for w(n, k) the sum, over P pixels and sixteen images,
/// of grad[row_grad[n] + pixel_grad[p]] * in[column_in[k] + pixel_in[p]].
struct WeightGradient {
  std::size_t rows = 0;                      // N
  std::size_t columns = 0;                   // K
  const float* grad = nullptr;               // by the product's outputs
  const float* in = nullptr;                 // the product's inputs
  const std::int32_t* row_grad = nullptr;    // N offsets
  const std::int32_t* column_in = nullptr;   // K offsets
  std::size_t pixels = 0;                    // P
  const std::int32_t* pixel_grad = nullptr;  // P offsets
  const std::int32_t* pixel_in = nullptr;    // P offsets
};

}  // namespace colcomb::backprop
