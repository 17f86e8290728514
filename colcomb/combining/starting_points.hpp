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

}  // namespace colcomb::combining
