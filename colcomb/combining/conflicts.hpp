#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// Column-combine pruning (paper, Algorithm 3): N x M mask that keeps, in each row and group, the
/// nonzero weight of largest magnitude (ties: the first in the group's order) and is 0 elsewhere,
/// so also wherever `pruned` is 0. Requires: groups are valid for the matrix's columns and hold
/// every nonzero column.
[[nodiscard]] Matrix<std::uint8_t> column_combine_mask(const Matrix<float>& pruned,
                                                       const ColumnGroups& groups);

/// As above, but keeps the nonzero weight of largest importance (N x M, not negative): what a
/// grouping by GroupingOptions::importance counts on.
/// Requires: as above, and importance has the shape of pruned.
[[nodiscard]] Matrix<std::uint8_t> column_combine_mask(const Matrix<float>& pruned,
                                                       const ColumnGroups& groups,
                                                       const Matrix<float>& importance);

/// Conflicts of each group: over the rows, the group's nonzeros beyond the first, summed.
/// Requires: groups are valid for the matrix's columns.
[[nodiscard]] std::vector<std::size_t> count_conflicts(const Matrix<float>& pruned,
                                                       const ColumnGroups& groups);

}  // namespace colcomb::combining
