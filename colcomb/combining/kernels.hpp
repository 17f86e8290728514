#pragma once

#include <cstddef>
#include <cstdint>

// The inner loops of grouping, compiled for several processors. All of them compute with whole
// numbers, so the result is the same whatever the vector length: sums of floating-point numbers
// would depend on it.

namespace colcomb::combining {

/// Rows of the vectorised matrices below are padded with zeros to a multiple of this.
inline constexpr std::size_t kRowPadding = 32;

/// out[k] = number of rows that bitset `one` shares with bitset k of `many`; each has `words`
/// words.
void count_overlaps(const std::uint64_t* one, const std::uint64_t* many, std::size_t words,
                    std::size_t count, std::uint32_t* out);

/// Index of the first largest element. Requires: count > 0.
[[nodiscard]] std::size_t first_largest(const std::uint32_t* values, std::size_t count);

/// out[k] = sum over rows of max(one[row], column ids[k][row]), with column i at many + i * rows.
/// Requires: rows is a multiple of kRowPadding, no element is negative, the sums fit.
void sum_maxima(const std::int16_t* one, const std::int16_t* many, const std::uint32_t* ids,
                std::size_t count, std::size_t rows, std::int32_t* out);

/// For the group of columns ids[0 .. count): top[row] = the largest of the group, and for its k-th
/// column residual ids[k][row] = the largest of the others (0 if there are none), with residual i
/// at residuals + i * rows. sums[k] = sum over rows of the k-th residual. Returns the sum of top.
/// Requires: count <= 64 and as sum_maxima.
std::int32_t find_residuals(const std::int16_t* columns, const std::uint32_t* ids,
                            std::size_t count, std::size_t rows, std::int16_t* residuals,
                            std::int32_t* sums, std::int16_t* top);

/// As find_residuals for bitsets of `words` words: top = rows where any column of the group has its
/// bit, residual ids[k] = rows where any of the others has, filled[k] = their number. Returns the
/// number of rows in top.
std::uint32_t find_residual_rows(const std::uint64_t* columns, const std::uint32_t* ids,
                                 std::size_t count, std::size_t words, std::uint64_t* residuals,
                                 std::uint32_t* filled, std::uint64_t* top);

}  // namespace colcomb::combining
