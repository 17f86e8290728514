// Dense-column-first combining (paper, Algorithm 2).

#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/open_groups.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// Takes columns by falling number of nonzeros (ties: lower index first) and puts each into the
/// admissible group whose combined column becomes densest (ties: the group opened first), or opens
/// a new group. Time O(K * G * N / 64) for K nonzero columns and G groups.
ColumnGroups group_dense_first(const Matrix<float>& pruned, const GroupingOptions& options) {
  const ColumnPattern pattern = pattern_of(pruned);
  OpenGroups groups(pattern, options.alpha, conflict_limit(options.gamma, pattern.rows));
  for (const std::size_t k : by_falling_density(pattern)) groups.place(k);
  return groups.result();
}

}  // namespace colcomb::combining
