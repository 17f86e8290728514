#include "colcomb/combining/importance_levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace colcomb::combining {

ImportanceLevels importance_levels(const Matrix<float>& importance,
                                   const std::vector<std::uint32_t>& columns) {
  const std::size_t rows = (importance.rows() + kRowPadding - 1) / kRowPadding * kRowPadding;
  ImportanceLevels result{LevelColumns(columns.size(), rows)};
  float largest = 0;
  for (const float value : importance.values()) largest = std::max(largest, value);
  // A group's value, at most rows * the highest level, must fit 32 bits.
  const double highest =
      std::min(static_cast<double>(std::numeric_limits<std::int16_t>::max()),
               std::floor(static_cast<double>(std::numeric_limits<std::int32_t>::max()) /
                          static_cast<double>(std::max<std::size_t>(rows, 1))));
  result.unit = static_cast<double>(largest) / highest;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    std::int16_t* levels = result.columns.column(k);
    for (std::size_t r = 0; r < importance.rows(); ++r) {
      const float value = importance(r, columns[k]);
      if (value > 0) {
        levels[r] = static_cast<std::int16_t>(std::max(
            1.0, std::round(static_cast<double>(value) / static_cast<double>(largest) * highest)));
      }
    }
  }
  return result;
}

}  // namespace colcomb::combining
