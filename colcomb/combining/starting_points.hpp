#pragma once

#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// Groupings within alpha and gamma for `search` to start from: the other policies' results and, if
/// options.start is set, that one made to fit.
[[nodiscard]] std::vector<ColumnGroups> starting_points(const Matrix<float>& pruned,
                                                        const ColumnPattern& pattern,
                                                        const GroupingOptions& options);

/// `groups` brought down to `most` groups without regard to gamma: again and again the columns of
/// the smallest group go where they lose the least worth.
/// Requires: most * alpha is at least the number of columns.
[[nodiscard]] ColumnGroups with_fewer_groups(const ColumnGroups& groups, std::size_t most,
                                             std::size_t alpha, const ColumnPattern& pattern,
                                             const Matrix<float>& worth);

}  // namespace colcomb::combining
