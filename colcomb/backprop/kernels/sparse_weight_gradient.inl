// Gradients of the nonzero entries of pruned filter matrices.
#pragma once

#include "colcomb/backprop/kernels/vector.inl"

namespace colcomb::backprop {
namespace {

/// All entries of all rows over T pixels; a row's output gradients at these stay in registers.
template <int T>
inline void sparse_gradient_tile(const WeightGradient& job, const std::uint32_t* first,
                                 const Entry* entries, float* sums, std::size_t pixel) {
  const float* in[T];
  for (int t = 0; t < T; ++t) in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
  for (std::size_t row = 0; row < job.rows; ++row) {
    const float* const grad = job.grad + job.row_grad[row];
    Vector g[T];
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t)
      g[t] = load(grad + job.pixel_grad[pixel + static_cast<std::size_t>(t)]);
    for (std::uint32_t i = first[row]; i < first[row + 1]; ++i) {
      const std::int32_t offset = entries[i].offset;
      Vector even = load(sums + i * kVectorImages);
      Vector odd = {};
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) {
        const Vector product = g[t] * load(in[t] + offset);
        if (t % 2 == 0) {
          even = even + product;
        } else {
          odd = odd + product;
        }
      }
      store(sums + i * kVectorImages, even + odd);
    }
  }
}

void sparse_weight_gradient(const WeightGradient& job, const std::uint32_t* first,
                            const Entry* entries, float* sums) {
  std::size_t pixel = 0;
  for (; pixel + Isa::kSparsePixels <= job.pixels; pixel += Isa::kSparsePixels)
    sparse_gradient_tile<Isa::kSparsePixels>(job, first, entries, sums, pixel);
  for (; pixel < job.pixels; ++pixel) sparse_gradient_tile<1>(job, first, entries, sums, pixel);
}

void sum_lanes(float* vectors, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] += sum_of_lanes(load(vectors + i * kVectorImages));
    store(vectors + i * kVectorImages, Vector{});
  }
}

}  // namespace
}  // namespace colcomb::backprop
