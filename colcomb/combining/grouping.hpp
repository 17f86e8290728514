#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// How columns are put into groups; policies.def says what each does.
enum class GroupingPolicy : std::uint8_t {
#define COLCOMB_GROUPING_POLICY(enumerator, name, function, summary) enumerator,
#include "colcomb/combining/policies.def"
};

/// What `search` maximises: the sum, over the cells of the combined matrix, of the importance
/// of the weight that the cell keeps.
enum class Objective : std::uint8_t {
  kMagnitude,  // |w|: the retained magnitude
  kSquare,     // w^2: the retained energy
};

struct GroupingOptions;

/// A grouping policy of the caller's: from a pruned N x M matrix to groups that obey the rules of
/// group_columns, in any order. Equal arguments must give equal groups.
using CustomPolicy =
    std::function<ColumnGroups(const Matrix<float>& pruned, const GroupingOptions& options)>;

/// How group_columns is to group.
struct GroupingOptions {
  /// Most columns in one group, 1 to 64: the inputs of an MX cell. 8 is the paper's choice; larger
  /// groups need wider cells.
  std::size_t alpha = 8;
  /// Limit on the average conflicts per row of a group: sum over rows of conflicts <= gamma * N. 0
  /// allows none, so nothing is pruned by combining. Higher packs denser and prunes more.
  double gamma = 1.75;
  /// Leave alone unless comparing policies.
  GroupingPolicy policy = GroupingPolicy::kSearch;
  /// In place of `policy`, where it is set; examples/grouping_policy is one. Policies for everyone
  /// belong into policies.def.
  CustomPolicy custom = nullptr;
  /// For policies that draw random numbers: equal seeds give equal groups.
  std::uint64_t seed = 1;

  // The rest is for `search` alone.

  /// The importance of a weight as a function of its value. Leave at the magnitude unless training
  /// shows that another is better.
  Objective objective = Objective::kMagnitude;
  /// N x M importances of the weights, in place of the objective's: finite and not negative, e.g.
  /// an estimate of the loss of pruning it. It may be above 0 where the pruned matrix is 0, if that
  /// weight can come back. Must outlive the call. Null: the objective decides.
  const Matrix<float>* importance = nullptr;
  /// Groups to start from beside the two greedy policies' results, e.g. those of the last pruning
  /// step. Columns that have become zero are left out, columns that break alpha or gamma are moved.
  /// Must outlive the call. Null: none.
  const ColumnGroups* start = nullptr;
  /// Most groups the result may have; 0: as many as the better greedy policy gives. If gamma does
  /// not allow so few, it is no limit any more, and alpha alone is.
  std::size_t groups_target = 0;
  /// Budget: how many swaps and moves to evaluate, each in O(N). 0: 1200 for each nonzero column
  /// and at least 20,000, which brings all but about 1% of what a far longer search finds.
  std::uint64_t search_steps = 0;
  /// Budget in seconds of wall time, in place of search_steps; 0: none. The result then depends on
  /// the machine's speed, so leave it at 0 where runs must be repeatable.
  double search_seconds = 0;
};

/// Errors: UserError if alpha is 0 or above 64, gamma is negative or NaN, search_seconds is
/// negative or not finite, or groups_target is set for a policy other than search or beside
/// `custom`.
void check(const GroupingOptions& options);

/// Groups the columns of a pruned N x M filter matrix (paper, Algorithm 2 and section 3.3). Every
/// column with a nonzero is in exactly one group; all-zero columns are dropped. No group has more
/// than alpha columns or, unless groups_target demands it, more than gamma * N conflicts. Columns
/// ascend within a group and groups ascend by their first column. As pruning the conflicts leaves a
/// weight in every row and group that had one, no row is ever emptied.
/// Requires: importance, if set, has the shape of pruned; start, if set, is a valid grouping.
/// Errors: UserError as `check`, if a weight is NaN or infinite, an importance is so or negative,
/// groups_target * alpha is less than the number of nonzero columns, or options.custom gives groups
/// that break a rule, which is named with the group or column that does.
[[nodiscard]] ColumnGroups group_columns(const Matrix<float>& pruned,
                                         const GroupingOptions& options);

/// Most conflicts of a group of columns with `rows` rows: the largest whole number <= gamma * rows.
[[nodiscard]] std::size_t conflict_limit(double gamma, std::size_t rows);

/// The gamma for a convolution in conv_groups groups: none at all from alpha groups on, as then the
/// M columns fit into M / alpha groups (rounded up) without a conflict, one column of each
/// convolution group in turn; policies that fill rows would prune for nothing. Else `gamma`.
[[nodiscard]] double gamma_of_grouped(double gamma, std::size_t alpha, std::size_t conv_groups);

/// Groups that fit into `tiles` loads of an array_rows x array_cols array by a layer of `rows`
/// rows: the groups_target for that many tiles. Errors: UserError if not even one column of tiles
/// fits. Requires: no argument is 0.
[[nodiscard]] std::size_t groups_for_tiles(std::size_t tiles, std::size_t rows,
                                           std::size_t array_rows, std::size_t array_cols);

/// "dense-first", ... Errors: UserError naming the accepted names.
[[nodiscard]] GroupingPolicy parse_policy(const std::string& name);
[[nodiscard]] const char* name_of(GroupingPolicy policy);
/// Every policy's name, in the order of the list.
[[nodiscard]] std::vector<std::string> policy_names();

}  // namespace colcomb::combining
