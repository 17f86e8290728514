#include "colcomb/combining/conflicts.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace colcomb::combining {
namespace {

void check_groups(const Matrix<float>& matrix, const ColumnGroups& groups) {
  const std::string broken = invalid_grouping(groups, matrix.cols(), matrix.cols());
  COLCOMB_CHECK(broken.empty(), broken);
}

void check_covers(const Matrix<float>& matrix, const ColumnGroups& groups) {
  std::vector<std::uint8_t> grouped(matrix.cols(), 0);
  for (const auto& group : groups.groups) {
    for (const std::uint32_t column : group) grouped[column] = 1;
  }
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    const auto row = matrix.row(r);
    for (std::size_t c = 0; c < row.size(); ++c)
      COLCOMB_CHECK(grouped[c] || row[c] == 0.0F, "a nonzero column is in no group");
  }
}

/// Of each row and group keeps the nonzero weight with the largest importance(row, column), the
/// first of equal ones.
template <class Importance>
Matrix<std::uint8_t> keep_one_per_cell(const Matrix<float>& pruned, const ColumnGroups& groups,
                                       const Importance& importance) {
  check_groups(pruned, groups);
  check_covers(pruned, groups);
  Matrix<std::uint8_t> mask(pruned.rows(), pruned.cols());
  for (std::size_t r = 0; r < pruned.rows(); ++r) {
    const auto row = pruned.row(r);
    for (const auto& group : groups.groups) {
      float largest = -1;  // below any importance: a weight of importance 0 is still kept
      std::uint32_t winner = 0;
      for (const std::uint32_t column : group) {
        if (row[column] == 0.0F || importance(r, column) <= largest) continue;
        largest = importance(r, column);
        winner = column;
      }
      if (largest >= 0) mask(r, winner) = 1;
    }
  }
  return mask;
}

}  // namespace

Matrix<std::uint8_t> column_combine_mask(const Matrix<float>& pruned, const ColumnGroups& groups) {
  return keep_one_per_cell(pruned, groups,
                           [&](std::size_t r, std::size_t c) { return std::fabs(pruned(r, c)); });
}

Matrix<std::uint8_t> column_combine_mask(const Matrix<float>& pruned, const ColumnGroups& groups,
                                         const Matrix<float>& importance) {
  COLCOMB_CHECK(importance.rows() == pruned.rows() && importance.cols() == pruned.cols(),
                "importance and weights differ in shape");
  return keep_one_per_cell(pruned, groups, importance);
}

std::vector<std::size_t> count_conflicts(const Matrix<float>& pruned, const ColumnGroups& groups) {
  check_groups(pruned, groups);
  std::vector<std::size_t> conflicts(groups.size(), 0);
  for (std::size_t r = 0; r < pruned.rows(); ++r) {
    const auto row = pruned.row(r);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto& group = groups.groups[g];
      const auto nonzeros = static_cast<std::size_t>(
          std::count_if(group.begin(), group.end(), [&](auto c) { return row[c] != 0.0F; }));
      if (nonzeros > 0) conflicts[g] += nonzeros - 1;
    }
  }
  return conflicts;
}

}  // namespace colcomb::combining
