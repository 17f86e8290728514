#include "colcomb/combining/kernels.hpp"

#include <algorithm>
#include <bit>

// A portable x86-64 build has neither popcnt nor AVX2, so these loops are compiled for newer
// processors too and picked when the program is loaded. Sanitizers cannot run before that point.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define COLCOMB_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COLCOMB_CLONES
#endif

namespace colcomb::combining {
namespace {

/// Multiplying by a 1 the compiler does not know lets it widen and add pairs of 16-bit numbers in
/// one instruction (pmaddwd) in place of unpacking them: twice the speed.
const volatile std::int16_t one_to_multiply_by = 1;

/// std::max returns a reference, which keeps GCC 12 from using the processor's maximum.
inline std::int16_t larger(std::int16_t a, std::int16_t b) {
  return a > b ? a : b;
}

}  // namespace

COLCOMB_CLONES void count_overlaps(const std::uint64_t* one, const std::uint64_t* many,
                                   std::size_t words, std::size_t count, std::uint32_t* out) {
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t* other = many + k * words;
    std::uint32_t shared = 0;
    for (std::size_t w = 0; w < words; ++w)
      shared += static_cast<std::uint32_t>(std::popcount(one[w] & other[w]));
    out[k] = shared;
  }
}

COLCOMB_CLONES std::size_t first_largest(const std::uint32_t* values, std::size_t count) {
  std::uint32_t largest = 0;
  for (std::size_t k = 0; k < count; ++k) largest = std::max(largest, values[k]);
  std::size_t k = 0;
  while (values[k] != largest) ++k;
  return k;
}

COLCOMB_CLONES void sum_maxima(const std::int16_t* one, const std::int16_t* many,
                               const std::uint32_t* ids, std::size_t count, std::size_t rows,
                               std::int32_t* out) {
  const std::int16_t factor = one_to_multiply_by;
  const std::size_t padded = rows / kRowPadding * kRowPadding;  // tells of no remainder loop
  for (std::size_t k = 0; k < count; ++k) {
    const std::int16_t* other = many + ids[k] * rows;
    std::int32_t sum = 0;
    for (std::size_t r = 0; r < padded; ++r)
      sum += static_cast<std::int32_t>(larger(one[r], other[r])) * factor;
    out[k] = sum;
  }
}

COLCOMB_CLONES std::int32_t find_residuals(const std::int16_t* columns, const std::uint32_t* ids,
                                           std::size_t count, std::size_t rows,
                                           std::int16_t* residuals, std::int32_t* sums,
                                           std::int16_t* top) {
  const std::int16_t factor = one_to_multiply_by;
  // The largest of all columns from the k-th on, for one block of rows at a time, so that it stays
  // in the first-level cache.
  std::int16_t after[65][kRowPadding];
  for (std::size_t first = 0; first < rows; first += kRowPadding) {
    for (std::size_t r = 0; r < kRowPadding; ++r) after[count][r] = 0;
    for (std::size_t k = count; k-- > 1;) {
      const std::int16_t* column = columns + ids[k] * rows + first;
      for (std::size_t r = 0; r < kRowPadding; ++r)
        after[k][r] = larger(after[k + 1][r], column[r]);
    }
    std::int16_t before[kRowPadding] = {};
    for (std::size_t k = 0; k < count; ++k) {
      const std::int16_t* column = columns + ids[k] * rows + first;
      std::int16_t* residual = residuals + ids[k] * rows + first;
      for (std::size_t r = 0; r < kRowPadding; ++r)
        residual[r] = larger(before[r], after[k + 1][r]);
      // A loop of its own: in one with the residual, whose memory might be the column's, the
      // compiler would not vectorise either.
      for (std::size_t r = 0; r < kRowPadding; ++r) before[r] = larger(before[r], column[r]);
    }
    for (std::size_t r = 0; r < kRowPadding; ++r) top[first + r] = before[r];
  }
  const std::size_t padded = rows / kRowPadding * kRowPadding;
  for (std::size_t k = 0; k < count; ++k) {
    const std::int16_t* residual = residuals + ids[k] * rows;
    std::int32_t sum = 0;
    for (std::size_t r = 0; r < padded; ++r) sum += static_cast<std::int32_t>(residual[r]) * factor;
    sums[k] = sum;
  }
  std::int32_t sum = 0;
  for (std::size_t r = 0; r < padded; ++r) sum += static_cast<std::int32_t>(top[r]) * factor;
  return sum;
}

COLCOMB_CLONES std::uint32_t find_residual_rows(const std::uint64_t* columns,
                                                const std::uint32_t* ids, std::size_t count,
                                                std::size_t words, std::uint64_t* residuals,
                                                std::uint32_t* filled, std::uint64_t* top) {
  for (std::size_t k = 0; k < count; ++k) filled[k] = 0;
  std::uint32_t filled_by_any = 0;
  for (std::size_t w = 0; w < words; ++w) {
    std::uint64_t any = 0;
    std::uint64_t several = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const std::uint64_t rows = columns[ids[k] * words + w];
      several |= any & rows;
      any |= rows;
    }
    top[w] = any;
    filled_by_any += static_cast<std::uint32_t>(std::popcount(any));
    for (std::size_t k = 0; k < count; ++k) {
      // All that any fills, but what column k fills alone.
      const std::uint64_t others = any & (several | ~columns[ids[k] * words + w]);
      residuals[ids[k] * words + w] = others;
      filled[k] += static_cast<std::uint32_t>(std::popcount(others));
    }
  }
  return filled_by_any;
}

}  // namespace colcomb::combining
