#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// Where a filter matrix is nonzero: one bitset over the rows for each column that is not all zero.
struct ColumnPattern {
  std::size_t rows = 0;                 // N
  std::size_t words = 0;                // 64-bit words per column, ceil(N / 64)
  std::vector<std::uint32_t> columns;   // K nonzero columns, ascending indices into the matrix
  std::vector<std::uint64_t> bits;      // K x words; bit r % 64 of word r / 64 is row r
  std::vector<std::uint32_t> nonzeros;  // K

  [[nodiscard]] std::size_t size() const { return columns.size(); }
  [[nodiscard]] const std::uint64_t* column(std::size_t k) const { return bits.data() + k * words; }
};

[[nodiscard]] ColumnPattern pattern_of(const Matrix<float>& matrix);

}  // namespace colcomb::combining
