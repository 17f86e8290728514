// Dense-column-first combining (paper, Algorithm 2).

#include <algorithm>
#include <numeric>

#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/kernels.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// Takes columns by falling number of nonzeros (ties: lower index first) and puts each into the
/// admissible group whose combined column becomes densest (ties: the group opened first), or opens
/// a new group. Time O(K * G * N / 64) for K nonzero columns and G groups.
ColumnGroups group_dense_first(const Matrix<float>& pruned, const GroupingOptions& options) {
  const ColumnPattern pattern = pattern_of(pruned);
  const std::size_t words = pattern.words;
  const std::size_t limit = conflict_limit(options.gamma, pattern.rows);
  std::vector<std::size_t> order(pattern.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return pattern.nonzeros[a] > pattern.nonzeros[b];
  });

  ColumnGroups result;
  std::vector<std::uint64_t> occupied;  // G x words: rows with a nonzero
  std::vector<std::uint32_t> filled;    // G: how many such rows
  std::vector<std::size_t> conflicts;   // G
  std::vector<std::uint32_t> overlaps(pattern.size());
  for (const std::size_t k : order) {
    const std::size_t open = result.size();
    count_overlaps(pattern.column(k), occupied.data(), words, open, overlaps.data());
    std::size_t chosen = open;
    std::uint32_t densest = 0;
    for (std::size_t g = 0; g < open; ++g) {
      if (result.groups[g].size() >= options.alpha || conflicts[g] + overlaps[g] > limit) continue;
      const std::uint32_t density = filled[g] + pattern.nonzeros[k] - overlaps[g];
      if (density > densest) {
        densest = density;
        chosen = g;
      }
    }
    if (chosen == open) {
      result.groups.push_back({pattern.columns[k]});
      occupied.insert(occupied.end(), pattern.column(k), pattern.column(k) + words);
      filled.push_back(pattern.nonzeros[k]);
      conflicts.push_back(0);
      continue;
    }
    result.groups[chosen].push_back(pattern.columns[k]);
    for (std::size_t w = 0; w < words; ++w) occupied[chosen * words + w] |= pattern.column(k)[w];
    filled[chosen] = densest;
    conflicts[chosen] += overlaps[chosen];
  }
  return result;
}

}  // namespace colcomb::combining
