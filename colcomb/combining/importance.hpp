#pragma once

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/grouping.hpp"

namespace colcomb::combining {

/// N x M importance of each weight: the options' own, else the objective as a function of the
/// weight, with squares relative to the largest weight's, so that none overflows. Errors: UserError
/// if an importance is negative, NaN or infinite.
[[nodiscard]] Matrix<float> importance_of(const Matrix<float>& pruned,
                                          const GroupingOptions& options);

/// The objective's value: the sum over rows and groups of the largest importance, which is what
/// pruning the conflicts retains.
[[nodiscard]] double retained_importance(const Matrix<float>& importance,
                                         const ColumnGroups& groups);

}  // namespace colcomb::combining
