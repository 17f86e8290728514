#include "colcomb/combining/combine.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/magnitude.hpp"

namespace colcomb::combining {
namespace {

/// Gives each empty cell the largest weight that `available` offers it.
void fill_empty_cells(const Matrix<float>& available, const ColumnGroups& groups,
                      Matrix<std::uint8_t>& mask) {
  const Matrix<std::uint8_t> largest = [&] {
    // Columns outside the groups are not on the array; zero them so that the rest is covered.
    Matrix<std::uint8_t> grouped(available.rows(), available.cols());
    for (std::size_t r = 0; r < grouped.rows(); ++r) {
      for (const auto& group : groups.groups) {
        for (const std::uint32_t column : group) grouped(r, column) = 1;
      }
    }
    return column_combine_mask(masked(available, grouped), groups);
  }();
  for (std::size_t r = 0; r < mask.rows(); ++r) {
    for (const auto& group : groups.groups) {
      const bool empty =
          std::none_of(group.begin(), group.end(), [&](auto c) { return mask(r, c) != 0; });
      if (!empty) continue;
      for (const std::uint32_t column : group) mask(r, column) = largest(r, column);
    }
  }
}

}  // namespace

Combined combine_columns(const Matrix<float>& stored, const CombineOptions& options) {
  return combine_columns(
      stored, Matrix<std::uint8_t>(stored.rows(), stored.cols(), std::uint8_t{1}), options);
}

Combined combine_columns(const Matrix<float>& stored, const Matrix<std::uint8_t>& remaining,
                         const CombineOptions& options) {
  check(options.grouping);
  const Matrix<float> pruned =
      masked(stored, magnitude_mask_of_remaining(stored, remaining, options.prune_fraction));
  Combined result;
  result.groups = group_columns(pruned, options.grouping);
  result.mask = column_combine_mask(pruned, result.groups);
  if (options.fill_empty_cells)
    fill_empty_cells(masked(stored, remaining), result.groups, result.mask);
  const double before = magnitude_of(stored);
  if (before > 0) result.retained_magnitude = magnitude_of(masked(stored, result.mask)) / before;
  return result;
}

}  // namespace colcomb::combining
