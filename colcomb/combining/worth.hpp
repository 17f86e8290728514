#pragma once

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/grouping.hpp"

namespace colcomb::combining {

/// N x M worth of each weight: the options' importance, else their objective's value of the weight,
/// with squares relative to the largest weight's, so that none overflows.
/// Errors: UserError if an importance is negative, NaN or infinite.
[[nodiscard]] Matrix<float> worth_of(const Matrix<float>& pruned, const GroupingOptions& options);

/// Sum over rows and groups of the largest worth: what pruning the conflicts retains.
[[nodiscard]] double retained_worth(const Matrix<float>& worth, const ColumnGroups& groups);

}  // namespace colcomb::combining
