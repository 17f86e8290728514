#include "colcomb/combining/fewer_groups.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "colcomb/combining/group_state.hpp"
#include "colcomb/combining/open_groups.hpp"

namespace colcomb::combining {
namespace {

constexpr int kPasses = 20;

/// Orders that are known to work well together: largest first, last first, any.
void reorder(ColumnGroups& groups, int pass, Random& random) {
  auto& list = groups.groups;
  if (pass % 2 == 0) {
    std::reverse(list.begin(), list.end());
    return;
  }
  random.shuffle(list);
  if (pass % 4 == 1) {
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
  }
}

}  // namespace

ColumnGroups repacked(const ColumnGroups& groups, std::size_t enough, const ColumnPattern& pattern,
                      const GroupingOptions& options, Random& random) {
  std::vector<std::size_t> number(pattern.columns.empty() ? 0 : pattern.columns.back() + 1);
  for (std::size_t k = 0; k < pattern.size(); ++k) number[pattern.columns[k]] = k;
  ColumnGroups result = groups;
  for (int pass = 0; pass < kPasses && result.size() > enough; ++pass) {
    reorder(result, pass, random);
    OpenGroups open(pattern, options.alpha, conflict_limit(options.gamma, pattern.rows));
    for (const auto& group : result.groups) {
      for (const std::uint32_t column : group) open.place(number[column]);
    }
    result = open.result();
  }
  return result;
}

ColumnGroups squeezed(const ColumnGroups& groups, std::size_t most, std::size_t alpha,
                      const ColumnPattern& pattern, const Matrix<float>& importance) {
  constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
  GroupState state(pattern, importance, groups, groups.size(), alpha, kNoLimit);
  std::vector<std::uint32_t> alive(groups.size());
  for (std::uint32_t g = 0; g < groups.size(); ++g) alive[g] = g;
  while (alive.size() > most) {
    const auto smallest = std::min_element(alive.begin(), alive.end(), [&](auto a, auto b) {
      return state.members(a).size() < state.members(b).size();
    });
    const std::uint32_t dissolved = *smallest;
    alive.erase(smallest);
    while (!state.members(dissolved).empty()) {
      const std::uint32_t column = state.members(dissolved).front();
      GroupState::Change best;
      best.gain = std::numeric_limits<std::int64_t>::min();
      for (const std::uint32_t g : alive) {
        const GroupState::Change change = state.best_move(column, g, best.gain);
        if (change.found) best = change;
      }
      COLCOMB_CHECK(best.found, "no group has room");
      state.apply(best);
    }
  }
  return state.result();
}

}  // namespace colcomb::combining
