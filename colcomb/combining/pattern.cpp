#include "colcomb/combining/pattern.hpp"

#include <bit>

namespace colcomb::combining {

ColumnPattern pattern_of(const Matrix<float>& matrix) {
  ColumnPattern pattern;
  pattern.rows = matrix.rows();
  pattern.words = (matrix.rows() + 63) / 64;
  const std::size_t words = pattern.words;
  std::vector<std::uint64_t> bits(matrix.cols() * words);
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    const auto row = matrix.row(r);
    for (std::size_t c = 0; c < row.size(); ++c)
      bits[c * words + r / 64] |= std::uint64_t{row[c] != 0.0F} << (r % 64);
  }
  for (std::size_t c = 0; c < matrix.cols(); ++c) {
    std::uint32_t nonzeros = 0;
    for (std::size_t w = 0; w < words; ++w)
      nonzeros += static_cast<std::uint32_t>(std::popcount(bits[c * words + w]));
    if (nonzeros == 0) continue;
    pattern.columns.push_back(static_cast<std::uint32_t>(c));
    pattern.nonzeros.push_back(nonzeros);
    for (std::size_t w = 0; w < words; ++w) pattern.bits.push_back(bits[c * words + w]);
  }
  return pattern;
}

}  // namespace colcomb::combining
