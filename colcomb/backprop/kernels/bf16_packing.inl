// Rearranges operands into bf16-packed vectors, for products in bfloat16.
#pragma once

#include "colcomb/backprop/kernels/bf16.inl"

namespace colcomb::backprop {
namespace {

void bf16_pack_rows(const Bf16Packing& job) {
  for (std::size_t i = 0; i < job.rows; ++i) {
    const float* const low = job.in + job.low[i];
    const float* const high = job.in + job.high[i];
    float* const out = job.out + i * job.row_stride;
    for (std::size_t p = 0; p < job.pixels; ++p)
      store(out + p * kVectorImages,
            pack(load(low + job.low_pixel[p]), load(high + job.high_pixel[p])));
  }
}

void bf16_pack_pixels(const Bf16Packing& job) {
  for (std::size_t i = 0; i < job.rows; ++i) {
    const float* const in = job.in + job.low[i];
    float* out = job.out + i * job.row_stride;
    std::size_t p = 0;
    for (; p + 2 <= job.pixels; p += 2, out += kVectorImages)
      store(out, pack(load(in + job.low_pixel[p]), load(in + job.low_pixel[p + 1])));
    if (p < job.pixels) store(out, pack(load(in + job.low_pixel[p]), Vector{}));
  }
}

void bf16_repack_pixels(const Bf16Packing& job) {
  for (std::size_t i = 0; i < job.rows; i += 2) {
    const float* const in = job.in + job.low[i / 2];
    float* out = job.out + i * job.row_stride;
    const bool two = i + 1 < job.rows;
    for (std::size_t p = 0; p < job.pixels; p += 2, out += kVectorImages) {
      const Vector here = load(in + job.low_pixel[p]);
      const Vector next = p + 1 < job.pixels ? load(in + job.low_pixel[p + 1]) : Vector{};
      store(out, lower_halves(here, next));
      if (two) store(out + job.row_stride, upper_halves(here, next));
    }
  }
}

}  // namespace
}  // namespace colcomb::backprop
