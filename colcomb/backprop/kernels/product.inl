// Dense products: blocks of kBlockRows x kBlockPixels sums stay in registers over all columns.
#pragma once

#include "colcomb/backprop/kernels/epilogue.inl"

namespace colcomb::backprop {
namespace {

/// All rows at T pixels from `pixel` on. `weights`: as for Kernels::product.
template <class Multiply, int T>
inline void product_tile(const Product& job, const float* weights, std::size_t pixel) {
  const PixelPointers<T> pixels(job, pixel);
  const std::size_t rows = job.rows;
  const std::size_t columns = job.columns;
  const std::int32_t* const column_in = job.column_in;
  const Epilogue epilogue(job);
  for (std::size_t first = 0; first < rows; first += Isa::kBlockRows) {
    Vector sums[Isa::kBlockRows][T] = {};
    for (std::size_t k = 0; k < columns; ++k) {
      const std::int32_t column = column_in[k];
      Vector a[T];
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) a[t] = load(pixels.in[t] + column);
#pragma GCC unroll 8
      for (int r = 0; r < Isa::kBlockRows; ++r) {
        const Vector w = broadcast(weights[r]);
#pragma GCC unroll 8
        for (int t = 0; t < T; ++t) sums[r][t] = Multiply::add(sums[r][t], a[t], w);
      }
      weights += Isa::kBlockRows;
    }
    static_assert(Isa::kBlockRows % 2 == 0);
    if (epilogue.bf16) {
#pragma GCC unroll 8
      for (int r = 0; r < Isa::kBlockRows; r += 2) {
        const std::size_t row = first + static_cast<std::size_t>(r);
        if (row >= rows) break;
        epilogue.two<T>(pixels.out, row, sums[r], sums[r + 1]);
      }
    } else {
#pragma GCC unroll 8
      for (int r = 0; r < Isa::kBlockRows; ++r) {
        const std::size_t row = first + static_cast<std::size_t>(r);
        if (row >= rows) break;
        epilogue.one<T>(pixels.out, row, sums[r]);
      }
    }
  }
}

template <class Multiply>
void product(const Product& job, const float* weights) {
  std::size_t pixel = 0;
  for (; pixel + Isa::kBlockPixels <= job.pixels; pixel += Isa::kBlockPixels)
    product_tile<Multiply, Isa::kBlockPixels>(job, weights, pixel);
  if constexpr (Isa::kBlockPixels > 2) {
    if (pixel + 2 <= job.pixels) {
      product_tile<Multiply, 2>(job, weights, pixel);
      pixel += 2;
    }
  }
  for (; pixel < job.pixels; ++pixel) product_tile<Multiply, 1>(job, weights, pixel);
  if (job.non_temporal) fence();
}

}  // namespace
}  // namespace colcomb::backprop
