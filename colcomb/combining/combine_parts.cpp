#include "colcomb/combining/combine_parts.hpp"

#include <algorithm>
#include <cstdint>

#include "colcomb/combining/magnitude.hpp"

namespace colcomb::combining {
namespace {

template <class T>
Matrix<T> columns_of(const Matrix<T>& matrix, const LayerPart& part) {
  Matrix<T> result(matrix.rows(), part.reader.columns.size());
  for (std::size_t n = 0; n < matrix.rows(); ++n) {
    const auto row = matrix.row(n).subspan(part.column_begin, result.cols());
    std::ranges::copy(row, result.row(n).begin());
  }
  return result;
}

/// Those of the groups that are the part's, with its own numbers of columns.
ColumnGroups groups_of(const ColumnGroups& groups, const LayerPart& part) {
  ColumnGroups result;
  for (const auto& group : groups.groups) {
    if (group.front() < part.column_begin || group.front() >= part.column_end()) continue;
    auto& members = result.groups.emplace_back();
    for (const std::uint32_t column : group)
      members.push_back(column - static_cast<std::uint32_t>(part.column_begin));
  }
  return result;
}

std::size_t nonzero_columns_in(const Matrix<float>& matrix) {
  std::size_t count = 0;
  for (std::size_t m = 0; m < matrix.cols(); ++m) {
    bool any = false;
    for (std::size_t n = 0; n < matrix.rows() && !any; ++n) any = matrix(n, m) != 0;
    count += any ? 1 : 0;
  }
  return count;
}

}  // namespace

Combined combine_parts(const std::vector<LayerPart>& parts, const Matrix<float>& stored,
                       const Matrix<std::uint8_t>& remaining, const CombineOptions& options) {
  if (parts.size() == 1) return combine_columns(stored, remaining, options);
  std::vector<Matrix<float>> weights;
  std::vector<Matrix<std::uint8_t>> kept;
  std::vector<std::size_t> columns;
  for (const LayerPart& part : parts) {
    weights.push_back(columns_of(stored, part));
    kept.push_back(columns_of(remaining, part));
    columns.push_back(nonzero_columns_in(masked(weights.back(), kept.back())));
  }
  std::vector<std::size_t> targets(parts.size());
  if (options.grouping.groups_target > 0)
    targets = share_groups(columns, options.grouping.groups_target, options.grouping.alpha);
  Combined result;
  result.mask = Matrix<std::uint8_t>(stored.rows(), stored.cols());
  for (std::size_t p = 0; p < parts.size(); ++p) {
    CombineOptions own = options;
    own.bound = false;
    own.grouping.groups_target = targets[p];
    Matrix<float> importance;
    if (options.grouping.importance != nullptr) {
      importance = columns_of(*options.grouping.importance, parts[p]);
      own.grouping.importance = &importance;
    }
    ColumnGroups start;
    if (options.grouping.start != nullptr) {
      start = groups_of(*options.grouping.start, parts[p]);
      own.grouping.start = &start;
    }
    const Combined combined = combine_columns(weights[p], kept[p], own);
    for (auto group : combined.groups.groups) {
      for (std::uint32_t& column : group)
        column += static_cast<std::uint32_t>(parts[p].column_begin);
      result.groups.groups.push_back(std::move(group));
    }
    for (std::size_t n = 0; n < stored.rows(); ++n) {
      std::ranges::copy(combined.mask.row(n),
                        result.mask.row(n).subspan(parts[p].column_begin).begin());
    }
  }
  const double before = magnitude_of(stored);
  if (before > 0) result.retained_magnitude = magnitude_of(masked(stored, result.mask)) / before;
  return result;
}

}  // namespace colcomb::combining
