#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::tests {

/// Grouping policies written straight from their descriptions, without bitsets or caches: oracles
/// for the tests and the baseline of the benchmark.
class ReferenceGrouping {
 public:
  using Group = std::vector<std::uint32_t>;

  ReferenceGrouping(const Matrix<float>& pruned, std::size_t alpha, double gamma)
      : pruned_(pruned), alpha_(alpha), gamma_(gamma) {}

  [[nodiscard]] ColumnGroups dense_first() const {
    std::vector<std::uint32_t> order = nonzero_columns();
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return occupied_rows({a}) > occupied_rows({b});
    });
    std::vector<Group> groups;
    for (const std::uint32_t column : order) {
      std::size_t chosen = groups.size();
      std::size_t densest = 0;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        const Group joined = join(groups[g], {column});
        if (!admissible(joined) || occupied_rows(joined) <= densest) continue;
        densest = occupied_rows(joined);
        chosen = g;
      }
      if (chosen == groups.size()) groups.emplace_back();
      groups[chosen].push_back(column);
    }
    return in_order(groups);
  }

  [[nodiscard]] ColumnGroups pairwise() const {
    std::vector<Group> groups;
    for (const std::uint32_t column : nonzero_columns()) groups.push_back({column});
    for (;;) {
      bool found = false;
      std::size_t fewest_empty = 0;
      std::pair<std::size_t, std::size_t> best;
      for (std::size_t i = 0; i < groups.size(); ++i) {
        for (std::size_t j = i + 1; j < groups.size(); ++j) {
          const Group joined = join(groups[i], groups[j]);
          if (!admissible(joined)) continue;
          const std::size_t empty = pruned_.rows() - occupied_rows(joined);
          if (found && empty >= fewest_empty) continue;
          found = true;
          fewest_empty = empty;
          best = {i, j};
        }
      }
      if (!found) return in_order(groups);
      groups[best.first] = join(groups[best.first], groups[best.second]);
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best.second));
    }
  }

  /// Nonzeros of the group beyond the first, summed over the rows.
  [[nodiscard]] std::size_t conflicts(const Group& group) const {
    std::size_t sum = 0;
    for (std::size_t r = 0; r < pruned_.rows(); ++r) {
      std::size_t nonzeros = 0;
      for (const std::uint32_t column : group) nonzeros += pruned_(r, column) != 0.0F ? 1 : 0;
      if (nonzeros > 1) sum += nonzeros - 1;
    }
    return sum;
  }

  [[nodiscard]] bool admissible(const Group& group) const {
    return group.size() <= alpha_ &&
           static_cast<double>(conflicts(group)) <= gamma_ * static_cast<double>(pruned_.rows());
  }

  [[nodiscard]] std::vector<std::uint32_t> nonzero_columns() const {
    std::vector<std::uint32_t> columns;
    for (std::uint32_t c = 0; c < pruned_.cols(); ++c) {
      if (occupied_rows({c}) > 0) columns.push_back(c);
    }
    return columns;
  }

 private:
  [[nodiscard]] std::size_t occupied_rows(const Group& group) const {
    std::size_t count = 0;
    for (std::size_t r = 0; r < pruned_.rows(); ++r) {
      count += std::any_of(group.begin(), group.end(),
                           [&](std::uint32_t c) { return pruned_(r, c) != 0.0F; })
                   ? 1
                   : 0;
    }
    return count;
  }

  static Group join(Group group, const Group& other) {
    group.insert(group.end(), other.begin(), other.end());
    return group;
  }

  static ColumnGroups in_order(const std::vector<Group>& groups) {
    std::set<std::set<std::uint32_t>> sorted;
    for (const Group& group : groups) sorted.emplace(group.begin(), group.end());
    ColumnGroups result;
    for (const auto& group : sorted) result.groups.emplace_back(group.begin(), group.end());
    return result;
  }

  const Matrix<float>& pruned_;
  std::size_t alpha_;
  double gamma_;
};

}  // namespace colcomb::tests
