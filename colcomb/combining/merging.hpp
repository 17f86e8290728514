#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// How much importance a filter matrix keeps when its columns are combined into a given number of
/// groups of at most alpha columns each.
struct RetainedCurve {
  std::size_t least = 1;         // fewest groups: ceil(M / alpha)
  std::vector<double> retained;  // entry i: of least + i groups, up to M; never falls

  /// Of `groups` groups; as many as there are columns keep all. Requires: groups >= least.
  [[nodiscard]] double at(std::size_t groups) const;
  /// What all merges retain.
  [[nodiscard]] double all() const { return retained.empty() ? 0 : retained.back(); }
};

// Both start with every column a group of its own and merge, again and again, the two groups whose
// merging loses least importance; where alpha admits no merging any more, the smallest group's
// columns go where least is lost. `importance` is N x M, finite and not negative. What is kept is
// the sum over rows and groups of the largest importance. O(M^2 * N).
// Requires: importance has at least one row and column, alpha is 1 to 64.

/// The whole curve from one run: what the search then finds at a number of groups is a little more.
[[nodiscard]] RetainedCurve retained_curve(const Matrix<float>& importance, std::size_t alpha);

/// The groups at the point where `groups` of them are left. Requires: groups * alpha >= M.
[[nodiscard]] ColumnGroups merged_columns(const Matrix<float>& importance, std::size_t alpha,
                                          std::size_t groups);

}  // namespace colcomb::combining
