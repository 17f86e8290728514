#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// How columns are put into groups; policies.def says what each does.
enum class GroupingPolicy : std::uint8_t {
#define COLCOMB_GROUPING_POLICY(enumerator, name, function, summary) enumerator,
#include "colcomb/combining/policies.def"
#undef COLCOMB_GROUPING_POLICY
};

struct GroupingOptions {
  /// Most columns in one group, 1 to 64: the inputs of an MX cell. 8 is the paper's choice; larger
  /// groups need wider cells.
  std::size_t alpha = 8;
  /// Limit on the average conflicts per row of a group: sum over rows of conflicts <= gamma * N. 0
  /// allows none, so nothing is pruned by combining. Higher packs denser and prunes more.
  double gamma = 1.75;
  /// Leave alone unless comparing policies.
  GroupingPolicy policy = GroupingPolicy::kPairwise;
  /// For policies that draw random numbers: equal seeds give equal groups.
  std::uint64_t seed = 1;
};

/// Errors: UserError if alpha is 0 or above 64, or gamma is negative or NaN.
void check(const GroupingOptions& options);

/// Groups the columns of a pruned N x M filter matrix (paper, Algorithm 2 and section 3.3). Every
/// column with a nonzero is in exactly one group; all-zero columns are dropped. No group has more
/// than alpha columns or more than gamma * N conflicts. Columns ascend within a group and groups
/// ascend by their first column.
/// Errors: UserError as `check`, or if a weight is NaN or infinite.
[[nodiscard]] ColumnGroups group_columns(const Matrix<float>& pruned,
                                         const GroupingOptions& options);

/// Most conflicts of a group of columns with `rows` rows: the largest whole number <= gamma * rows.
[[nodiscard]] std::size_t conflict_limit(double gamma, std::size_t rows);

/// "dense-first", ... Errors: UserError naming the accepted names.
[[nodiscard]] GroupingPolicy parse_policy(const std::string& name);
[[nodiscard]] const char* name_of(GroupingPolicy policy);
/// Every policy's name, in the order of the list.
[[nodiscard]] std::vector<std::string> policy_names();

}  // namespace colcomb::combining
