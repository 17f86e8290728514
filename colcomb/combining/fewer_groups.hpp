#pragma once

#include <cstddef>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// `groups` packed again within alpha and gamma, never into more groups and often into fewer: takes
/// the columns group by group, in ever new orders of the groups, and puts each into the admissible
/// group that becomes densest. A group's columns fit at worst into the one that its first column
/// opens, so no pass needs more (the argument of Culberson's iterated greedy graph colouring).
/// Stops once there are at most `enough` groups. Time O(K * G * N / 64) for each of 20 passes.
/// Requires: groups are within alpha and gamma.
[[nodiscard]] ColumnGroups repacked(const ColumnGroups& groups, std::size_t enough,
                                    const ColumnPattern& pattern, const GroupingOptions& options,
                                    Random& random);

/// `groups` brought down to `most` groups without regard to gamma: again and again the columns of
/// the smallest group go where the least importance is lost.
/// Requires: most * alpha is at least the number of columns.
[[nodiscard]] ColumnGroups squeezed(const ColumnGroups& groups, std::size_t most, std::size_t alpha,
                                    const ColumnPattern& pattern, const Matrix<float>& importance);

}  // namespace colcomb::combining
