#include "colcomb/artifacts/column_groups.hpp"

namespace colcomb {

ColumnGroups singleton_groups(std::size_t columns) {
  ColumnGroups result;
  result.groups.reserve(columns);
  for (std::size_t c = 0; c < columns; ++c)
    result.groups.push_back({static_cast<std::uint32_t>(c)});
  return result;
}

const char* invalid_grouping(const ColumnGroups& groups, std::size_t columns, std::size_t alpha) {
  std::vector<bool> seen(columns, false);
  for (const auto& group : groups.groups) {
    if (group.empty()) return "a group is empty";
    if (group.size() > alpha) return "a group has more than alpha columns";
    for (const std::uint32_t column : group) {
      if (column >= columns) return "a column index is out of range";
      if (seen[column]) return "a column is in two groups";
      seen[column] = true;
    }
  }
  return "";
}

}  // namespace colcomb
