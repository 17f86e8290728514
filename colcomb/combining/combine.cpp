#include "colcomb/combining/combine.hpp"

#include <algorithm>

#include "colcomb/combining/bound.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/importance.hpp"
#include "colcomb/combining/magnitude.hpp"

namespace colcomb::combining {
namespace {

Matrix<std::uint8_t> one_per_cell(const Matrix<float>& matrix, const ColumnGroups& groups,
                                  const Matrix<float>* importance) {
  return importance ? column_combine_mask(matrix, groups, *importance)
                    : column_combine_mask(matrix, groups);
}

/// `matrix` without the columns that are in no group, so not on the array.
Matrix<float> grouped_columns(const Matrix<float>& matrix, const ColumnGroups& groups) {
  Matrix<float> result(matrix.rows(), matrix.cols());
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    for (const auto& group : groups.groups) {
      for (const std::uint32_t column : group) result(r, column) = matrix(r, column);
    }
  }
  return result;
}

/// Gives each empty cell the weight that `candidates`, at most one per cell, has for it.
void fill_empty_cells(const Matrix<std::uint8_t>& candidates, const ColumnGroups& groups,
                      Matrix<std::uint8_t>& mask) {
  for (std::size_t r = 0; r < mask.rows(); ++r) {
    for (const auto& group : groups.groups) {
      const bool empty =
          std::none_of(group.begin(), group.end(), [&](auto c) { return mask(r, c) != 0; });
      if (!empty) continue;
      for (const std::uint32_t column : group) mask(r, column) = candidates(r, column);
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
  const Matrix<float> available = masked(stored, remaining);
  const Matrix<float> pruned =
      masked(stored, magnitude_mask_of_remaining(stored, remaining, options.prune_fraction));
  const Matrix<float>* importance = options.grouping.importance;
  GroupingOptions grouping = options.grouping;
  Matrix<float> fillable;
  if (options.fill_empty_cells && !importance) {
    // A cell without a surviving weight will hold a pruned one, whose importance then counts.
    fillable = importance_of(available, grouping);
    grouping.importance = &fillable;
  }
  Combined result;
  result.groups = group_columns(pruned, grouping);
  result.mask = one_per_cell(pruned, result.groups, importance);
  if (options.fill_empty_cells) {
    const Matrix<float> on_array = grouped_columns(available, result.groups);
    fill_empty_cells(one_per_cell(on_array, result.groups, importance), result.groups, result.mask);
  }
  if (options.bound) {
    const Matrix<float> objective = importance_of(pruned, grouping);
    result.gap_to_bound =
        gap_to_bound(grouped_columns(objective, result.groups), result.groups, grouping.alpha);
  }
  const double before = magnitude_of(stored);
  if (before > 0) result.retained_magnitude = magnitude_of(masked(stored, result.mask)) / before;
  return result;
}

}  // namespace colcomb::combining
