// Products with the nonzero weights of each row alone.
#pragma once

#include "colcomb/backprop/kernels/epilogue.inl"

namespace colcomb::backprop {
namespace {

/// Adds entry times input, over one row's entries, to its sums at T pixels.
template <int T>
inline void sparse_row(const PixelPointers<T>& pixels, const Entry* entry, const Entry* end,
                       Vector* sums) {
  for (; entry < end; ++entry) {
    const std::int32_t offset = entry->offset;
    const float weight = entry->weight;
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) sums[t] = sums[t] + load(pixels.in[t] + offset) * weight;
  }
}

template <int T>
inline void sparse_tile(const Product& job, const std::uint32_t* first, const Entry* entries,
                        std::size_t pixel) {
  const PixelPointers<T> pixels(job, pixel);
  const std::size_t rows = job.rows;
  const Epilogue epilogue(job);
  if (epilogue.bf16) {
    for (std::size_t row = 0; row < rows; row += 2) {
      Vector sums[2][T] = {};
      sparse_row<T>(pixels, entries + first[row], entries + first[row + 1], sums[0]);
      if (row + 1 < rows)
        sparse_row<T>(pixels, entries + first[row + 1], entries + first[row + 2], sums[1]);
      epilogue.two<T>(pixels.out, row, sums[0], sums[1]);
    }
  } else {
    for (std::size_t row = 0; row < rows; ++row) {
      Vector sums[T] = {};
      sparse_row<T>(pixels, entries + first[row], entries + first[row + 1], sums);
      epilogue.one<T>(pixels.out, row, sums);
    }
  }
}

void sparse_product(const Product& job, const std::uint32_t* first, const Entry* entries) {
  std::size_t pixel = 0;
  for (; pixel + Isa::kSparsePixels <= job.pixels; pixel += Isa::kSparsePixels)
    sparse_tile<Isa::kSparsePixels>(job, first, entries, pixel);
  for (; pixel < job.pixels; ++pixel) sparse_tile<1>(job, first, entries, pixel);
  if (job.non_temporal) fence();
}

}  // namespace
}  // namespace colcomb::backprop
