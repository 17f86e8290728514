#include "colcomb/combining/starting_points.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/combining/open_groups.hpp"

namespace colcomb::combining {
namespace {

/// `start` over the columns that are nonzero now: what does not fit its group any more, and columns
/// it does not know, are placed as dense-first would.
ColumnGroups made_to_fit(const ColumnGroups& start, const ColumnPattern& pattern,
                         const GroupingOptions& options, std::size_t columns) {
  const std::string broken = invalid_grouping(start, columns, kMaxAlpha);
  COLCOMB_CHECK(broken.empty(), "start: " + broken);
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> group_of(columns, kNone);
  for (std::size_t g = 0; g < start.size(); ++g) {
    for (const std::uint32_t column : start.groups[g]) group_of[column] = g;
  }
  OpenGroups open(pattern, options.alpha, conflict_limit(options.gamma, pattern.rows));
  std::vector<std::size_t> opened_as(start.size(), kNone);
  std::vector<std::size_t> left_over;
  for (const std::size_t k : by_falling_density(pattern)) {
    const std::size_t wanted = group_of[pattern.columns[k]];
    if (wanted == kNone) {
      left_over.push_back(k);
    } else if (opened_as[wanted] == kNone) {
      opened_as[wanted] = open.size();
      open.open(k);
    } else if (!open.add(k, opened_as[wanted])) {
      left_over.push_back(k);
    }
  }
  for (const std::size_t k : left_over) open.place(k);
  return open.result();
}

}  // namespace

std::vector<ColumnGroups> starting_points(const Matrix<float>& pruned, const ColumnPattern& pattern,
                                          const GroupingOptions& options) {
  std::vector<ColumnGroups> points;
  for (const auto policy : {GroupingPolicy::kPairwise, GroupingPolicy::kDenseFirst}) {
    GroupingOptions greedy;
    greedy.alpha = options.alpha;
    greedy.gamma = options.gamma;
    greedy.policy = policy;
    points.push_back(group_columns(pruned, greedy));
  }
  if (options.start) points.push_back(made_to_fit(*options.start, pattern, options, pruned.cols()));
  return points;
}

}  // namespace colcomb::combining
