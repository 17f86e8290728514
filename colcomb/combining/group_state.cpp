#include "colcomb/combining/group_state.hpp"

#include <algorithm>
#include <functional>

namespace colcomb::combining {
namespace {

constexpr std::size_t kMostColumns = 64;

/// Whether `alpha` columns can have more than `limit` conflicts: at most all their nonzeros but
/// those of the densest.
bool limit_can_bind(const ColumnPattern& pattern, std::size_t alpha, std::size_t limit) {
  std::vector<std::uint32_t> nonzeros = pattern.nonzeros;
  std::sort(nonzeros.begin(), nonzeros.end(), std::greater<>());
  std::size_t most = 0;
  for (std::size_t k = 1; k < std::min(alpha, nonzeros.size()); ++k) most += nonzeros[k];
  return most > limit;
}

}  // namespace

GroupState::GroupState(const ColumnPattern& pattern, const Matrix<float>& importance,
                       const ColumnGroups& start, std::size_t groups, std::size_t alpha,
                       std::size_t conflict_limit)
    : pattern_(pattern),
      alpha_(alpha),
      limit_(conflict_limit),
      limited_(limit_can_bind(pattern, alpha, conflict_limit)),
      levels_(importance_levels(importance, pattern.columns).columns),
      rows_(levels_.rows()),
      residuals_(pattern.size(), rows_),
      tops_(groups, rows_),
      residual_sums_(pattern.size()),
      residual_occupied_(pattern.size() * pattern.words),
      residual_conflicts_(pattern.size()),
      values_(groups),
      occupied_(groups * pattern.words),
      conflicts_(groups),
      group_of_(pattern.size()),
      members_(groups),
      sums_with_(kMostColumns),
      sums_without_(kMostColumns),
      filled_(kMostColumns) {
  COLCOMB_CHECK(start.size() <= groups && alpha <= kMostColumns, "start does not fit");
  std::vector<std::uint32_t> number(importance.cols());
  for (std::size_t k = 0; k < pattern.size(); ++k)
    number[pattern.columns[k]] = static_cast<std::uint32_t>(k);
  for (std::uint32_t g = 0; g < start.size(); ++g) {
    for (const std::uint32_t column : start.groups[g]) {
      members_[g].push_back(number[column]);
      group_of_[number[column]] = g;
    }
    refresh(g);
  }
}

GroupState::Change GroupState::best_change(std::uint32_t column, std::uint32_t group,
                                           std::int64_t floor) {
  const auto& members = members_[group];
  const std::uint32_t own = group_of_[column];
  Change best{column, group, Change::kMove, floor, false};
  sum_maxima(residuals_.column(column), levels_.data(), members.data(), members.size(), rows_,
             sums_with_.data());
  sum_maxima(levels_.column(column), residuals_.data(), members.data(), members.size(), rows_,
             sums_without_.data());
  evaluations_ += members.size();
  const std::int64_t before = std::int64_t{values_[own]} + values_[group];
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::int64_t gain = std::int64_t{sums_with_[k]} + sums_without_[k] - before;
    if (gain <= best.gain || !admits_swap(column, members[k])) continue;
    best = {column, group, members[k], gain, true};
  }
  consider_move(column, group, best.gain, best);
  return best;
}

GroupState::Change GroupState::best_move(std::uint32_t column, std::uint32_t group,
                                         std::int64_t floor) {
  Change best{column, group, Change::kMove, floor, false};
  consider_move(column, group, floor, best);
  return best;
}

void GroupState::consider_move(std::uint32_t column, std::uint32_t group, std::int64_t floor,
                               Change& best) {
  if (members_[group].size() >= alpha_) return;
  const std::uint32_t own = group_of_[column];
  std::int32_t sum = 0;
  sum_maxima(levels_.column(column), tops_.data(), &group, 1, rows_, &sum);
  ++evaluations_;
  const std::int64_t gain =
      std::int64_t{sum} - values_[group] + residual_sums_[column] - values_[own];
  if (gain > floor && admits_move(column, group)) best = {column, group, Change::kMove, gain, true};
}

void GroupState::apply(const Change& change) {
  const std::uint32_t own = group_of_[change.column];
  auto& from = members_[own];
  auto& to = members_[change.group];
  const auto place = std::find(from.begin(), from.end(), change.column);
  if (change.partner == Change::kMove) {
    from.erase(place);
    to.push_back(change.column);
  } else {
    *place = change.partner;
    *std::find(to.begin(), to.end(), change.partner) = change.column;
    group_of_[change.partner] = own;
  }
  group_of_[change.column] = change.group;
  refresh(own);
  refresh(change.group);
}

std::int64_t GroupState::value() const {
  std::int64_t sum = 0;
  for (const std::int32_t value : values_) sum += value;
  return sum;
}

ColumnGroups GroupState::result() const {
  ColumnGroups result;
  for (const auto& members : members_) {
    if (members.empty()) continue;
    auto& group = result.groups.emplace_back();
    for (const std::uint32_t k : members) group.push_back(pattern_.columns[k]);
  }
  return result;
}

bool GroupState::admits_swap(std::uint32_t a, std::uint32_t b) const {
  if (!limited_) return true;
  const auto admits = [this](std::uint32_t column, std::uint32_t leaving) {
    std::uint32_t overlap = 0;
    count_overlaps(pattern_.column(column), residual_occupied_.data() + leaving * pattern_.words,
                   pattern_.words, 1, &overlap);
    return residual_conflicts_[leaving] + overlap <= limit_;
  };
  return admits(b, a) && admits(a, b);
}

bool GroupState::admits_move(std::uint32_t column, std::uint32_t group) const {
  if (!limited_) return true;
  std::uint32_t overlap = 0;
  count_overlaps(pattern_.column(column), occupied_.data() + group * pattern_.words, pattern_.words,
                 1, &overlap);
  return conflicts_[group] + overlap <= limit_;
}

void GroupState::refresh(std::uint32_t group) {
  const auto& members = members_[group];
  values_[group] = find_residuals(levels_.data(), members.data(), members.size(), rows_,
                                  residuals_.data(), sums_with_.data(), tops_.column(group));
  for (std::size_t k = 0; k < members.size(); ++k) residual_sums_[members[k]] = sums_with_[k];
  if (limited_) refresh_conflicts(group);
}

void GroupState::refresh_conflicts(std::uint32_t group) {
  const auto& members = members_[group];
  std::size_t nonzeros = 0;
  for (const std::uint32_t k : members) nonzeros += pattern_.nonzeros[k];
  const std::size_t filled = find_residual_rows(
      pattern_.bits.data(), members.data(), members.size(), pattern_.words,
      residual_occupied_.data(), filled_.data(), occupied_.data() + group * pattern_.words);
  conflicts_[group] = nonzeros - filled;
  for (std::size_t k = 0; k < members.size(); ++k) {
    residual_conflicts_[members[k]] = nonzeros - pattern_.nonzeros[members[k]] - filled_[k];
  }
}

}  // namespace colcomb::combining
