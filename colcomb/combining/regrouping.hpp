#pragma once

#include <cstddef>

#include "colcomb/artifacts/column_groups.hpp"

namespace colcomb::combining {

/// How many columns changed group from one grouping of the same matrix to the next. Groups have no
/// names, so each new group is taken to be the old one with which it shares most columns (ties: the
/// first); a column has changed if its old group is another, or if it is in a group now and was in
/// none. Columns that left the array are not counted. O(columns).
[[nodiscard]] std::size_t count_regrouped(const ColumnGroups& before, const ColumnGroups& after,
                                          std::size_t columns);

}  // namespace colcomb::combining
