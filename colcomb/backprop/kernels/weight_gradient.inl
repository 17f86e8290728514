// Gradients of dense filter matrices.
#pragma once

#include "colcomb/backprop/kernels/bf16.inl"

namespace colcomb::backprop {
namespace {

/// Pixels of one pass over the matrix: few enough that their gradients and inputs stay in the
/// second-level cache.
constexpr std::size_t kGradientPixels = 32;
/// Columns of one pass, for the same reason; a multiple of kBlockPixels.
constexpr std::size_t kGradientColumns = 126 / Isa::kBlockPixels * Isa::kBlockPixels;

using RowValues [[gnu::vector_size(Isa::kBlockRows * 4)]] = float;

inline std::size_t padded_rows(std::size_t rows) {
  return (rows + Isa::kBlockRows - 1) / Isa::kBlockRows * Isa::kBlockRows;
}

/// Adds the gradients of kBlockRows x C weights, over pixels begin to end - 1, to `out`.
template <class Multiply, int C>
inline void gradient_block(const WeightGradient& job, float* out, std::size_t row,
                           std::size_t column, std::size_t begin, std::size_t end) {
  const std::size_t rows = job.rows - row < Isa::kBlockRows ? job.rows - row : Isa::kBlockRows;
  const float* grad[Isa::kBlockRows];
  for (std::size_t r = 0; r < Isa::kBlockRows; ++r)
    grad[r] = job.grad + job.row_grad[row + (r < rows ? r : rows - 1)];
  const float* in[C];
  for (int c = 0; c < C; ++c) in[c] = job.in + job.column_in[column + static_cast<std::size_t>(c)];
  Vector sums[Isa::kBlockRows][C] = {};
  for (std::size_t p = begin; p < end; ++p) {
    const std::int32_t pixel_in = job.pixel_in[p];
    const std::int32_t pixel_grad = job.pixel_grad[p];
    Vector a[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) a[c] = load(in[c] + pixel_in);
#pragma GCC unroll 8
    for (int r = 0; r < Isa::kBlockRows; ++r) {
      Vector g = load(grad[r] + pixel_grad);
#pragma GCC unroll 4
      for (int i = 0; i < kRegisters; ++i) Isa::keep_in_register(g.registers[i]);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) sums[r][c] = Multiply::add(sums[r][c], g, a[c]);
    }
  }
  float* to = out + column * padded_rows(job.rows) + row;
#pragma GCC unroll 8
  for (int c = 0; c < C; ++c, to += padded_rows(job.rows)) {
    Register parts[Isa::kBlockRows];
#pragma GCC unroll 8
    for (int r = 0; r < Isa::kBlockRows; ++r) parts[r] = sum_of_registers(sums[r][c]);
    const Register total = sums_of_runs<Isa::kBlockRows, kRegisterFloats>(parts);
    RowValues values;
    RowValues added;
    __builtin_memcpy(&added, &total, sizeof added);
    __builtin_memcpy(&values, to, sizeof values);
    values += added;
    __builtin_memcpy(to, &values, sizeof values);
  }
}

template <class Multiply>
void weight_gradient(const WeightGradient& job, float* out) {
  for (std::size_t begin = 0; begin < job.pixels; begin += kGradientPixels) {
    const std::size_t end =
        begin + kGradientPixels < job.pixels ? begin + kGradientPixels : job.pixels;
    for (std::size_t first_column = 0; first_column < job.columns;
         first_column += kGradientColumns) {
      const std::size_t end_column = first_column + kGradientColumns < job.columns
                                         ? first_column + kGradientColumns
                                         : job.columns;
      for (std::size_t row = 0; row < job.rows; row += Isa::kBlockRows) {
        std::size_t column = first_column;
        for (; column + Isa::kBlockPixels <= end_column; column += Isa::kBlockPixels)
          gradient_block<Multiply, Isa::kBlockPixels>(job, out, row, column, begin, end);
        if constexpr (Isa::kBlockPixels > 2) {
          if (column + 2 <= end_column) {
            gradient_block<Multiply, 2>(job, out, row, column, begin, end);
            column += 2;
          }
        }
        for (; column < end_column; ++column)
          gradient_block<Multiply, 1>(job, out, row, column, begin, end);
      }
    }
  }
}

}  // namespace
}  // namespace colcomb::backprop
