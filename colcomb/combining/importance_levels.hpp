#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/kernels.hpp"

namespace colcomb::combining {

/// Columns of 16-bit levels, each padded with zeros to whole blocks of rows and aligned for the
/// vectorised sums. All are 0 at first.
class LevelColumns {
 public:
  /// Requires: rows is a multiple of kRowPadding.
  LevelColumns(std::size_t columns, std::size_t rows)
      : rows_(rows), blocks_(columns * rows / kRowPadding) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Column k is at data() + k * rows().
  [[nodiscard]] std::int16_t* data() { return blocks_.data()->levels; }
  [[nodiscard]] const std::int16_t* data() const { return blocks_.data()->levels; }
  [[nodiscard]] std::int16_t* column(std::size_t k) { return data() + k * rows_; }
  [[nodiscard]] const std::int16_t* column(std::size_t k) const { return data() + k * rows_; }

 private:
  /// 64-byte lines, so that no vector straddles two.
  struct alignas(64) RowBlock {
    std::int16_t levels[kRowPadding];
  };

  std::size_t rows_;
  std::vector<RowBlock> blocks_;
};

struct ImportanceLevels {
  LevelColumns columns;
  double unit = 0;  // importance of one level; 0 if all importances are 0
};

/// The importances of these columns of an N x M matrix, rounded to 15-bit levels relative to the
/// largest of the whole matrix; what is above 0 has at least level 1, and the sum of a column's
/// levels fits 32 bits. Sums of levels are exact, so what follows from them depends on neither the
/// processor nor the order of additions.
[[nodiscard]] ImportanceLevels importance_levels(const Matrix<float>& importance,
                                                 const std::vector<std::uint32_t>& columns);

}  // namespace colcomb::combining
