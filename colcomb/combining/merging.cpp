#include "colcomb/combining/merging.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/combining/importance_levels.hpp"

namespace colcomb::combining {
namespace {

constexpr std::int32_t kInadmissible = std::numeric_limits<std::int32_t>::max();

std::vector<std::uint32_t> all_columns(std::size_t count) {
  std::vector<std::uint32_t> columns(count);
  std::iota(columns.begin(), columns.end(), 0U);
  return columns;
}

/// Groups that merge by least loss: of groups a and b, value(a) + value(b) - value(a and b), where
/// a group's value is the sum of its row maxima. That is the sum over rows of the smaller maximum,
/// so losses never fall as groups grow.
///
/// Every slot remembers the partner it loses least with, and the loss as it was then: a lower bound
/// of what it is now. A partner is looked up anew only where that bound is the least of all slots'.
/// Looking up every slot whose partner has merged would take O(M^3), as most share the partner of
/// least importance.
class LeastLossMerger {
 public:
  LeastLossMerger(const Matrix<float>& importance, std::size_t alpha)
      : alpha_(alpha),
        levels_(importance_levels(importance, all_columns(importance.cols()))),
        tops_(levels_.columns),
        values_(importance.cols()),
        losses_(importance.cols(), importance.cols()),
        partner_(importance.cols()),
        best_(importance.cols()),
        alive_(all_columns(importance.cols())),
        sums_(importance.cols()) {
    for (const std::uint32_t k : alive_) {
      members_.push_back({k});
      const std::int16_t* levels = tops_.column(k);
      values_[k] = std::accumulate(levels, levels + tops_.rows(), 0);
    }
    for (std::size_t i = 0; i < alive_.size(); ++i) find_losses(i);
    for (const std::uint32_t k : alive_) find_partner(k);
  }

  [[nodiscard]] std::size_t groups() const { return alive_.size(); }

  [[nodiscard]] double retained() const {
    std::int64_t sum = 0;
    for (const std::uint32_t g : alive_) sum += values_[g];
    return static_cast<double>(sum) * levels_.unit;
  }

  /// One group less. Requires: (groups() - 1) * alpha >= M.
  void reduce() {
    const std::uint32_t a = least_loss();
    if (best_[a] != kInadmissible) {
      merge(std::min(a, partner_[a]), std::max(a, partner_[a]));
    } else {
      dissolve_smallest();
    }
  }

  [[nodiscard]] ColumnGroups result() const {
    ColumnGroups result;
    for (const std::uint32_t g : alive_) {
      result.groups.push_back(members_[g]);
      std::ranges::sort(result.groups.back());
    }
    std::ranges::sort(result.groups);
    return result;
  }

 private:
  /// Losses of the i-th living group with those after it.
  void find_losses(std::size_t i) {
    const std::uint32_t a = alive_[i];
    const std::span<const std::uint32_t> others(alive_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                                alive_.end());
    sum_maxima(tops_.column(a), tops_.data(), others.data(), others.size(), tops_.rows(),
               sums_.data());
    for (std::size_t k = 0; k < others.size(); ++k) set_loss(a, others[k], sums_[k]);
  }

  void set_loss(std::uint32_t a, std::uint32_t b, std::int32_t value_of_both) {
    const bool admissible = members_[a].size() + members_[b].size() <= alpha_;
    losses_(a, b) = losses_(b, a) =
        admissible ? values_[a] + values_[b] - value_of_both : kInadmissible;
  }

  void find_partner(std::uint32_t group) {
    best_[group] = kInadmissible;
    for (const std::uint32_t other : alive_) {
      if (other == group || losses_(group, other) >= best_[group]) continue;
      best_[group] = losses_(group, other);
      partner_[group] = other;
    }
  }

  /// The slot whose loss with its partner is the least of all pairs; any if no pair is admissible.
  [[nodiscard]] std::uint32_t least_loss() {
    for (;;) {
      const std::uint32_t a =
          *std::ranges::min_element(alive_, {}, [this](std::uint32_t g) { return best_[g]; });
      if (best_[a] == kInadmissible) return a;
      if (!members_[partner_[a]].empty() && losses_(a, partner_[a]) == best_[a]) return a;
      find_partner(a);
    }
  }

  void merge(std::uint32_t a, std::uint32_t b) {
    for (const std::uint32_t column : members_[b]) add(column, a);
    remove(b);
    update(a);
  }

  void add(std::uint32_t column, std::uint32_t group) {
    std::int16_t* top = tops_.column(group);
    const std::int16_t* levels = levels_.columns.column(column);
    for (std::size_t r = 0; r < tops_.rows(); ++r) top[r] = std::max(top[r], levels[r]);
    values_[group] = std::accumulate(top, top + tops_.rows(), 0);
    members_[group].push_back(column);
  }

  void remove(std::uint32_t group) {
    members_[group].clear();
    alive_.erase(std::ranges::find(alive_, group));
  }

  /// Group `changed` has grown.
  void update(std::uint32_t changed) {
    sum_maxima(tops_.column(changed), tops_.data(), alive_.data(), alive_.size(), tops_.rows(),
               sums_.data());
    for (std::size_t k = 0; k < alive_.size(); ++k) {
      if (alive_[k] != changed) set_loss(changed, alive_[k], sums_[k]);
    }
  }

  void dissolve_smallest() {
    const std::uint32_t gone = *std::ranges::min_element(
        alive_, {}, [this](std::uint32_t g) { return members_[g].size(); });
    const std::vector<std::uint32_t> columns = members_[gone];
    remove(gone);
    for (const std::uint32_t column : columns) {
      const std::uint32_t group = best_home(column);
      add(column, group);
      update(group);
    }
  }

  /// The group with room where the column adds most.
  [[nodiscard]] std::uint32_t best_home(std::uint32_t column) {
    sum_maxima(levels_.columns.column(column), tops_.data(), alive_.data(), alive_.size(),
               tops_.rows(), sums_.data());
    std::int32_t most = -1;
    std::uint32_t best = 0;
    for (std::size_t k = 0; k < alive_.size(); ++k) {
      const std::int32_t gain = sums_[k] - values_[alive_[k]];
      if (members_[alive_[k]].size() >= alpha_ || gain <= most) continue;
      most = gain;
      best = alive_[k];
    }
    COLCOMB_CHECK(most >= 0, "no group has room");
    return best;
  }

  std::size_t alpha_;
  ImportanceLevels levels_;                          // of the columns
  LevelColumns tops_;                                // row maxima of the groups
  std::vector<std::int32_t> values_;                 // of the groups
  Matrix<std::int32_t> losses_;                      // by pairs of groups; symmetric
  std::vector<std::uint32_t> partner_;               // of each group
  std::vector<std::int32_t> best_;                   // its loss, or less; kInadmissible: none
  std::vector<std::uint32_t> alive_;                 // groups, ascending
  std::vector<std::vector<std::uint32_t>> members_;  // columns of the groups
  std::vector<std::int32_t> sums_;                   // scratch
};

}  // namespace

double RetainedCurve::at(std::size_t groups) const {
  COLCOMB_CHECK(groups >= least && !retained.empty(), "no grouping into so few groups");
  return retained[std::min(groups - least, retained.size() - 1)];
}

RetainedCurve retained_curve(const Matrix<float>& importance, std::size_t alpha) {
  COLCOMB_CHECK(!importance.empty() && alpha > 0, "nothing to group");
  RetainedCurve curve;
  curve.least = ceil_divide(importance.cols(), alpha);
  LeastLossMerger merger(importance, alpha);
  curve.retained.push_back(merger.retained());
  while (merger.groups() > curve.least) {
    merger.reduce();
    curve.retained.push_back(merger.retained());
  }
  std::ranges::reverse(curve.retained);
  // Where the smallest group is dissolved, fewer groups may keep more.
  for (std::size_t i = 1; i < curve.retained.size(); ++i)
    curve.retained[i] = std::max(curve.retained[i], curve.retained[i - 1]);
  return curve;
}

ColumnGroups merged_columns(const Matrix<float>& importance, std::size_t alpha,
                            std::size_t groups) {
  COLCOMB_CHECK(groups * alpha >= importance.cols(), "the groups have no room for all columns");
  LeastLossMerger merger(importance, alpha);
  while (merger.groups() > groups) merger.reduce();
  return merger.result();
}

}  // namespace colcomb::combining
