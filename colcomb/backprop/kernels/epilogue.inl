// What a product does with its sums: adds, rounds, stores, and sums up for batch norm.
#pragma once

#include "colcomb/backprop/kernels/bf16.inl"

namespace colcomb::backprop {
namespace {

/// Where T consecutive pixels of a product are read and written. Fields of a Product are copied to
/// locals like these before its loops, since the compiler must assume that a store changes `job`.
template <int T>
struct PixelPointers {
  const float* in[T];
  float* out[T];

  PixelPointers(const Product& job, std::size_t pixel) {
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) {
      in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
      out[t] = job.out + job.pixel_out[pixel + static_cast<std::size_t>(t)];
    }
  }
};

/// `values`: one row's outputs at T pixels. Adds them to the row's two vectors at `to`: see
/// RowSums.
template <int T>
inline void add_sums(float pivot, float* to, const Vector* values) {
  Vector sum = load(to);
  Vector squares = load(to + kVectorImages);
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) {
    const Vector difference = values[t] + -pivot;
    sum = sum + difference;
    squares = squares + difference * difference;
  }
  store(to, sum);
  store(to + kVectorImages, squares);
}

/// Stores the outputs of one row, or of a pair of rows, at T pixels.
struct Epilogue {
  std::size_t rows;
  const std::int32_t* row_out;
  RowSums sums;
  bool add;
  bool non_temporal;
  bool bf16;

  explicit Epilogue(const Product& job)
      : rows(job.rows),
        row_out(job.row_out),
        sums(job.sums),
        add(job.add),
        non_temporal(job.non_temporal),
        bf16(job.out_bf16) {}

  template <int T>
  void write(float* const* out, std::int32_t row, const Vector* values) const {
    if (non_temporal) {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) store_non_temporal(out[t] + row, values[t]);
    } else {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) store(out[t] + row, values[t]);
    }
  }
  template <int T>
  void sum(std::size_t row, const Vector* values) const {
    if (sums.pivot != nullptr)
      add_sums<T>(sums.pivot[row], sums.sums + row * 2 * kVectorImages, values);
  }
  template <int T>
  void one(float* const* out, std::size_t row, Vector* values) const {
    if (add) {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) values[t] = values[t] + load(out[t] + row_out[row]);
    }
    write<T>(out, row_out[row], values);
    sum<T>(row, values);
  }
  /// Packs row `row`, which is even, with the next one, or with zeros if there is none.
  template <int T>
  void two(float* const* out, std::size_t row, const Vector* first, const Vector* second) const {
    Vector pairs[T];
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) pairs[t] = pack(first[t], second[t]);
    write<T>(out, row_out[row], pairs);
    sum<T>(row, first);
    if (row + 1 < rows) sum<T>(row + 1, second);
  }
};

}  // namespace
}  // namespace colcomb::backprop
