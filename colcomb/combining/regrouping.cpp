#include "colcomb/combining/regrouping.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace colcomb::combining {
namespace {

constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

std::vector<std::size_t> group_of_columns(const ColumnGroups& groups, std::size_t columns) {
  std::vector<std::size_t> result(columns, kNoGroup);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::uint32_t column : groups.groups[g]) result[column] = g;
  }
  return result;
}

}  // namespace

std::size_t count_regrouped(const ColumnGroups& before, const ColumnGroups& after,
                            std::size_t columns) {
  const auto old_group = group_of_columns(before, columns);
  std::size_t changed = 0;
  for (const auto& group : after.groups) {
    std::map<std::size_t, std::size_t> shared;
    for (const std::uint32_t column : group) {
      if (old_group[column] != kNoGroup) ++shared[old_group[column]];
    }
    std::size_t most = 0;
    for (const auto& [old, count] : shared) most = std::max(most, count);
    changed += group.size() - most;
  }
  return changed;
}

}  // namespace colcomb::combining
