// Local search for the groups that retain most.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/combining/fewer_groups.hpp"
#include "colcomb/combining/group_state.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/importance.hpp"
#include "colcomb/combining/merging.hpp"
#include "colcomb/combining/pattern.hpp"
#include "colcomb/combining/starting_points.hpp"

namespace colcomb::combining {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kStepsPerColumn = 1200;
constexpr std::uint64_t kFewestSteps = 20'000;

/// How much of the search's budget is used, from 0 to 1.
class Budget {
 public:
  Budget(const GroupingOptions& options, std::size_t columns)
      : steps_(options.search_steps ? options.search_steps
                                    : std::max(kFewestSteps, kStepsPerColumn * columns)),
        seconds_(options.search_seconds),
        start_(Clock::now()) {}

  [[nodiscard]] double used(std::uint64_t steps) const {
    if (seconds_ == 0) return static_cast<double>(steps) / static_cast<double>(steps_);
    return std::chrono::duration<double>(Clock::now() - start_).count() / seconds_;
  }

 private:
  std::uint64_t steps_;
  double seconds_;
  Clock::time_point start_;
};

/// Threshold accepting: a random column looks at a random group and takes the best swap or move
/// there unless it loses more than a threshold, which falls to zero. Against descent to the next
/// local optimum, losing a little on the way finds about half a percent more. Picking the best of
/// one group's swaps accepts far more often than single random pairs, and looking at all groups
/// would spend nearly every evaluation on moves not taken.
void anneal(GroupState& state, const Budget& budget, Random& random) {
  // In shares of a group's mean value at the start. Gains scatter like the square root of the rows.
  constexpr double kFirstThreshold = 0.16;
  const double scale = kFirstThreshold * static_cast<double>(state.value()) /
                       (static_cast<double>(state.groups()) * std::sqrt(state.rows()));
  constexpr int kProposalsPerThreshold = 32;
  for (;;) {
    const double used = budget.used(state.evaluations());
    if (used >= 1) return;
    const auto threshold = static_cast<std::int64_t>(scale * (1 - used) * (1 - used));
    for (int i = 0; i < kProposalsPerThreshold; ++i) {
      const auto column = static_cast<std::uint32_t>(random.below(state.columns()));
      const auto group = static_cast<std::uint32_t>(random.below(state.groups()));
      if (group == state.group_of(column)) continue;
      const GroupState::Change change = state.best_change(column, group, -threshold);
      if (change.found) state.apply(change);
    }
  }
}

/// Takes improving swaps and moves until there is none or `most` evaluations are done.
void descend(GroupState& state, std::uint64_t most) {
  const std::uint64_t last = state.evaluations() + most;
  for (bool improved = true; improved;) {
    improved = false;
    for (std::uint32_t column = 0; column < state.columns(); ++column) {
      for (std::uint32_t group = 0; group < state.groups(); ++group) {
        if (group == state.group_of(column)) continue;
        const GroupState::Change change = state.best_change(column, group, 0);
        if (!change.found) continue;
        state.apply(change);
        improved = true;
      }
      if (state.evaluations() >= last) return;
    }
  }
}

struct Candidate {
  ColumnGroups groups;
  double retained = 0;  // objective value: the importance that pruning the conflicts retains
};

/// Fewer groups first, then the larger objective value.
bool starts_better(const Candidate& a, const Candidate& b) {
  if (a.groups.size() != b.groups.size()) return a.groups.size() < b.groups.size();
  return a.retained > b.retained;
}

void check_target(std::size_t target, std::size_t columns, std::size_t alpha) {
  if (target == 0 || target >= ceil_divide(columns, alpha)) return;
  throw UserError(UserError::Kind::kFailed,
                  {"column grouping", "groups_target", fmt::to_string(target),
                   fmt::format("cannot hold {} nonzero columns at alpha {}", columns, alpha)});
}

ColumnGroups single_columns(const ColumnPattern& pattern) {
  ColumnGroups result;
  for (const std::uint32_t column : pattern.columns) result.groups.push_back({column});
  return result;
}

/// The nonzero columns merged into `groups` groups without regard to gamma.
ColumnGroups merged(const Matrix<float>& importance, const ColumnPattern& pattern,
                    std::size_t alpha, std::size_t groups) {
  Matrix<float> columns(importance.rows(), pattern.size());
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    for (std::size_t k = 0; k < columns.cols(); ++k)
      columns(r, k) = importance(r, pattern.columns[k]);
  }
  ColumnGroups result = merged_columns(columns, alpha, groups);
  for (auto& group : result.groups) {
    for (std::uint32_t& column : group) column = pattern.columns[column];
  }
  return result;
}

/// What the local search is to improve, and within which limits.
struct Task {
  Candidate start;
  std::size_t groups = 0;
  std::size_t conflict_limit = 0;
};

Task plan(const Matrix<float>& pruned, const ColumnPattern& pattern,
          const Matrix<float>& importance, const GroupingOptions& options, Random& random) {
  const auto candidate = [&importance](ColumnGroups groups) {
    const double retained = retained_importance(importance, groups);
    return Candidate{std::move(groups), retained};
  };
  std::vector<Candidate> candidates;
  for (ColumnGroups& groups : starting_points(pruned, pattern, options))
    candidates.push_back(candidate(std::move(groups)));
  Task task;
  task.start = *std::min_element(candidates.begin(), candidates.end(), starts_better);
  task.conflict_limit = conflict_limit(options.gamma, pattern.rows);
  const std::size_t target = options.groups_target;
  // Without conflicts nothing is lost, so all there is to win is fewer groups.
  const bool fewer_is_better = target == 0 && task.conflict_limit == 0;
  if (fewer_is_better || (target > 0 && task.start.groups.size() > target))
    task.start = candidate(repacked(task.start.groups, target, pattern, options, random));
  task.groups = target > 0 ? std::min(target, pattern.size()) : task.start.groups.size();
  if (task.start.groups.size() > task.groups) {
    task.conflict_limit = std::numeric_limits<std::size_t>::max();
    task.start =
        candidate(squeezed(task.start.groups, task.groups, options.alpha, pattern, importance));
  }
  const bool conflicts_are_free = task.conflict_limit >= (options.alpha - 1) * pattern.rows;
  if (target > 0 && conflicts_are_free && task.groups < pattern.size())
    candidates.push_back(candidate(merged(importance, pattern, options.alpha, task.groups)));
  if (task.groups >= pattern.size()) candidates.push_back(candidate(single_columns(pattern)));
  for (Candidate& other : candidates) {
    if (other.groups.size() <= task.groups && other.retained > task.start.retained)
      task.start = std::move(other);
  }
  return task;
}

}  // namespace

/// Starts from the grouping with the fewest groups and maximises the objective value at that number
/// (or groups_target) by swaps and moves. Where gamma allows no conflict, and so no loss, it looks
/// for fewer groups instead. Deterministic for a seed and a budget in steps. Never retains less
/// than a starting point with as few groups. Each step is O(N); memory 4 K * N bytes for K nonzero
/// columns.
ColumnGroups group_search(const Matrix<float>& pruned, const GroupingOptions& options) {
  const ColumnPattern pattern = pattern_of(pruned);
  check_target(options.groups_target, pattern.size(), options.alpha);
  const Matrix<float> importance = importance_of(pruned, options);
  Random random = Random::stream(options.seed, 0x67726f757073);
  const Task task = plan(pruned, pattern, importance, options, random);
  const double all = retained_importance(importance, singleton_groups(pruned.cols()));
  if (task.groups < 2 || options.alpha == 1 || task.start.retained >= all) return task.start.groups;

  GroupState state(pattern, importance, task.start.groups, task.groups, options.alpha,
                   task.conflict_limit);
  anneal(state, Budget(options, pattern.size()), random);
  descend(state, state.evaluations() / 4);
  ColumnGroups found = state.result();
  return retained_importance(importance, found) > task.start.retained ? found : task.start.groups;
}

}  // namespace colcomb::combining
