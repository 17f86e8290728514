#include "colcomb/combining/grouping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/magnitude.hpp"

namespace colcomb::combining {

#define COLCOMB_GROUPING_POLICY(enumerator, name, function, summary) \
  ColumnGroups function(const Matrix<float>& pruned, const GroupingOptions& options);
#include "colcomb/combining/policies.def"

namespace {

struct PolicyEntry {
  GroupingPolicy policy;
  const char* name;
  ColumnGroups (*group)(const Matrix<float>&, const GroupingOptions&);
};

constexpr PolicyEntry kPolicies[] = {
#define COLCOMB_GROUPING_POLICY(enumerator, name, function, summary) \
  {GroupingPolicy::enumerator, name, function},
#include "colcomb/combining/policies.def"
};

const PolicyEntry& entry_of(GroupingPolicy policy) {
  const auto index = static_cast<std::size_t>(policy);
  COLCOMB_CHECK(index < std::size(kPolicies), "no such policy");
  return kPolicies[index];
}

UserError bad_option(const char* field, const std::string& value, const std::string& rule) {
  return {UserError::Kind::kUsage, {"column grouping", field, value, rule}};
}

/// One order whatever the policy, so that equal groupings compare equal.
void sort_groups(ColumnGroups& groups) {
  for (auto& group : groups.groups) std::sort(group.begin(), group.end());
  std::sort(groups.groups.begin(), groups.groups.end());
}

UserError broken_custom(const std::string& value, const std::string& rule) {
  return {UserError::Kind::kUsage, {"column grouping", "custom", value, rule}};
}

/// What a built-in policy guarantees, a custom one must be held to. Groups are sorted.
void check_custom(const ColumnGroups& groups, const Matrix<float>& pruned,
                  const GroupingOptions& options) {
  const std::string broken = invalid_grouping(groups, pruned.cols(), options.alpha);
  if (!broken.empty()) throw broken_custom(fmt::format("{} groups", groups.size()), broken);
  std::vector<bool> grouped(pruned.cols());
  const std::size_t limit = conflict_limit(options.gamma, pruned.rows());
  const std::vector<std::size_t> conflicts = count_conflicts(pruned, groups);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::uint32_t column : groups.groups[g]) grouped[column] = true;
    if (conflicts[g] > limit)
      throw broken_custom(fmt::format("group {} with {} conflicts", g, conflicts[g]),
                          fmt::format("must have at most {}, gamma times the rows", limit));
  }
  for (std::size_t c = 0; c < pruned.cols(); ++c) {
    bool zero = true;
    for (std::size_t r = 0; r < pruned.rows(); ++r) zero = zero && pruned(r, c) == 0;
    if (zero == grouped[c])
      throw broken_custom(fmt::format("column {}", c),
                          zero ? "is all zero and must be in no group"
                               : "has a nonzero weight and must be in a group");
  }
}

}  // namespace

void check(const GroupingOptions& options) {
  if (options.alpha < 1 || options.alpha > kMaxAlpha)
    throw bad_option("alpha", fmt::to_string(options.alpha), "must be 1 to 64");
  if (!(options.gamma >= 0))
    throw bad_option("gamma", fmt::to_string(options.gamma), "must be at least 0");
  if (!(options.search_seconds >= 0) || std::isinf(options.search_seconds))
    throw bad_option("search_seconds", fmt::to_string(options.search_seconds),
                     "must be finite and at least 0");
  if (options.groups_target > 0 && options.custom)
    throw bad_option("groups_target", fmt::to_string(options.groups_target),
                     "cannot be asked of a custom policy");
  if (options.groups_target > 0 && options.policy != GroupingPolicy::kSearch)
    throw bad_option("groups_target", fmt::to_string(options.groups_target),
                     "needs the policy search");
}

ColumnGroups group_columns(const Matrix<float>& pruned, const GroupingOptions& options) {
  check(options);
  check_finite(pruned);
  if (options.custom) {
    ColumnGroups groups = options.custom(pruned, options);
    sort_groups(groups);
    check_custom(groups, pruned, options);
    return groups;
  }
  ColumnGroups groups = entry_of(options.policy).group(pruned, options);
  sort_groups(groups);
  const std::string broken = invalid_grouping(groups, pruned.cols(), options.alpha);
  COLCOMB_CHECK(broken.empty(), broken);
  return groups;
}

std::size_t conflict_limit(double gamma, std::size_t rows) {
  if (rows == 0) return 0;
  // More than alpha - 1 conflicts per row cannot happen, so capping there changes nothing and keeps
  // an infinite gamma in range.
  return static_cast<std::size_t>(
      std::floor(std::min(gamma, static_cast<double>(kMaxAlpha)) * static_cast<double>(rows)));
}

double gamma_of_grouped(double gamma, std::size_t alpha, std::size_t conv_groups) {
  return conv_groups > 1 && conv_groups >= alpha ? std::min(gamma, 0.0) : gamma;
}

std::size_t groups_for_tiles(std::size_t tiles, std::size_t rows, std::size_t array_rows,
                             std::size_t array_cols) {
  COLCOMB_CHECK(tiles > 0 && rows > 0 && array_rows > 0 && array_cols > 0, "argument is 0");
  const std::size_t row_tiles = ceil_divide(rows, array_rows);
  if (tiles < row_tiles) {
    throw bad_option(
        "tiles", fmt::to_string(tiles),
        fmt::format("must be at least {}: {} rows on an array of {}", row_tiles, rows, array_rows));
  }
  return tiles / row_tiles * array_cols;
}

GroupingPolicy parse_policy(const std::string& name) {
  for (const PolicyEntry& entry : kPolicies) {
    if (name == entry.name) return entry.policy;
  }
  throw UserError(UserError::Kind::kUsage,
                  {"column grouping", "policy", name, must_be_one_of(name, policy_names())});
}

const char* name_of(GroupingPolicy policy) {
  return entry_of(policy).name;
}

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const PolicyEntry& entry : kPolicies) names.emplace_back(entry.name);
  return names;
}

}  // namespace colcomb::combining
