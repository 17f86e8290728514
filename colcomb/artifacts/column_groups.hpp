#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb {

/// Which columns of a filter matrix share one column of the array. Columns in no group are all zero
/// and are not carried to the array.
struct ColumnGroups {
  std::vector<std::vector<std::uint32_t>> groups;  // column indices; order = order of MX inputs

  /// Number of groups.
  [[nodiscard]] std::size_t size() const { return groups.size(); }
  bool operator==(const ColumnGroups&) const = default;
};

/// Each of `columns` columns in a group of its own: what alpha 1 means.
[[nodiscard]] ColumnGroups singleton_groups(std::size_t columns);

/// Why `groups` is no valid grouping of `columns` columns with at most `alpha` a group (a column
/// out of range or twice, an empty group, a group too large); empty if it is valid.
[[nodiscard]] const char* invalid_grouping(const ColumnGroups& groups, std::size_t columns,
                                           std::size_t alpha);

}  // namespace colcomb
