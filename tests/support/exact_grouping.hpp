#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "tests/support/reference_grouping.hpp"

namespace colcomb::tests {

/// The most magnitude that any grouping into at most `groups` groups within alpha and gamma
/// retains, by branch and bound; for up to about 12 nonzero columns.
class ExactGrouping {
 public:
  ExactGrouping(const Matrix<float>& pruned, std::size_t groups, std::size_t alpha, double gamma)
      : pruned_(pruned),
        most_groups_(groups),
        reference_(pruned, alpha, gamma),
        columns_(reference_.nonzero_columns()) {
    branch(0);
  }

  [[nodiscard]] double magnitude() const { return best_; }
  [[nodiscard]] const ColumnGroups& groups() const { return best_groups_; }

 private:
  [[nodiscard]] double value(const std::vector<std::uint32_t>& group) const {
    double sum = 0;
    for (std::size_t r = 0; r < pruned_.rows(); ++r) {
      float largest = 0;
      for (const std::uint32_t c : group) largest = std::max(largest, std::fabs(pruned_(r, c)));
      sum += static_cast<double>(largest);
    }
    return sum;
  }

  [[nodiscard]] static std::vector<std::uint32_t> with(std::vector<std::uint32_t> group,
                                                       std::uint32_t column) {
    group.push_back(column);
    return group;
  }

  /// What each column still to come could add at most: adding columns to a group only lowers what
  /// others add to it.
  [[nodiscard]] double most_to_come(std::size_t next) const {
    double sum = 0;
    for (std::size_t i = next; i < columns_.size(); ++i) {
      double most = open_.size() < most_groups_ ? value({columns_[i]}) : 0;
      for (const auto& group : open_)
        most = std::max(most, value(with(group, columns_[i])) - value(group));
      sum += most;
    }
    return sum;
  }

  void branch(std::size_t next) {
    double sum = 0;
    for (const auto& group : open_) sum += value(group);
    if (next == columns_.size()) {
      if (sum <= best_) return;
      best_ = sum;
      best_groups_.groups = open_;
      return;
    }
    if (sum + most_to_come(next) <= best_) return;
    for (std::size_t g = 0; g < open_.size(); ++g) {
      if (!reference_.admissible(with(open_[g], columns_[next]))) continue;
      open_[g].push_back(columns_[next]);
      branch(next + 1);
      open_[g].pop_back();
    }
    if (open_.size() == most_groups_) return;
    open_.push_back({columns_[next]});
    branch(next + 1);
    open_.pop_back();
  }

  const Matrix<float>& pruned_;
  std::size_t most_groups_;
  ReferenceGrouping reference_;
  std::vector<std::uint32_t> columns_;
  std::vector<std::vector<std::uint32_t>> open_;
  double best_ = -1;  // below any grouping; stays so if none is admissible
  ColumnGroups best_groups_;
};

}  // namespace colcomb::tests
