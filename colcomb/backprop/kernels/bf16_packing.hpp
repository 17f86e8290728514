#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/backprop/kernels/vector_layout.hpp"

namespace colcomb::backprop {

/// Operands of a product in bfloat16: output row i is a run of packed vectors that begins at
/// out + i * row_stride. Which two numbers share a float's place (l in the lower half, h in the
/// upper) is up to the kernel:
/// bf16_pack_rows: out row i, vector p: l = in[low[i] + low_pixel[p]], h = in[high[i] +
///   high_pixel[p]]; `rows` rows of `pixels` vectors.
/// bf16_pack_pixels: out row i, vector q: l = in[low[i] + low_pixel[2q]], h = in[low[i] +
///   low_pixel[2q + 1]], or 0 beyond the last pixel; `rows` rows of ceil(pixels / 2) vectors.
/// bf16_repack_pixels: as bf16_pack_pixels for a packed input: the vectors at low[j] +
///   low_pixel[p] hold rows 2j and 2j + 1; `rows` counts unpacked rows, so `low` has ceil(rows / 2)
///   offsets.
/// Only bf16_pack_rows reads `high` and `high_pixel`.
struct Bf16Packing {
  std::size_t rows = 0;
  const float* in = nullptr;
  const std::int32_t* low = nullptr;
  const std::int32_t* high = nullptr;
  std::size_t pixels = 0;
  const std::int32_t* low_pixel = nullptr;
  const std::int32_t* high_pixel = nullptr;
  float* out = nullptr;
  std::size_t row_stride = 0;  // floats
};

}  // namespace colcomb::backprop
