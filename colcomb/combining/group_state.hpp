#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/importance_levels.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// A grouping that local search changes, kept so that every swap and move is valued in O(N).
///
/// Importances are rounded to levels (importance_levels). For each column it keeps the row maxima
/// of the *other* columns of its group (its residual), as S(x, y) = sum over rows of max(x,
/// y) then values a swap of a in A with b in B at
///   S(residual of a, b) + S(residual of b, a) - value of A - value of B.
/// Columns are numbered as in the pattern. Groups may be empty.
class GroupState {
 public:
  /// What to do with a column: swap it with `partner`, or move it to `group` if there is none.
  struct Change {
    static constexpr std::uint32_t kMove = UINT32_MAX;
    std::uint32_t column = 0;
    std::uint32_t group = 0;
    std::uint32_t partner = kMove;
    std::int64_t gain = 0;  // in levels
    bool found = false;
  };

  /// `groups` groups of which the first hold `start`.
  /// Requires: start is admissible and holds each column of the pattern once; pattern outlives this
  /// object; importance has the matrix's shape; start.size() <= groups; alpha <= 64.
  GroupState(const ColumnPattern& pattern, const Matrix<float>& importance,
             const ColumnGroups& start, std::size_t groups, std::size_t alpha,
             std::size_t conflict_limit);

  /// The best admissible swap with a column of the group, or move into it, whose gain is above
  /// `floor`. Counts one evaluation per swap or move. Requires: the group is not the column's own.
  [[nodiscard]] Change best_change(std::uint32_t column, std::uint32_t group, std::int64_t floor);
  /// As best_change, moves alone.
  [[nodiscard]] Change best_move(std::uint32_t column, std::uint32_t group, std::int64_t floor);
  void apply(const Change& change);

  [[nodiscard]] std::size_t columns() const { return pattern_.size(); }
  [[nodiscard]] std::size_t groups() const { return members_.size(); }
  [[nodiscard]] std::uint32_t group_of(std::uint32_t column) const { return group_of_[column]; }
  [[nodiscard]] const std::vector<std::uint32_t>& members(std::uint32_t group) const {
    return members_[group];
  }
  /// N, padded to whole blocks.
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Sum over groups and rows of the largest level.
  [[nodiscard]] std::int64_t value() const;
  [[nodiscard]] std::uint64_t evaluations() const { return evaluations_; }
  /// The groups that are not empty, over the matrix's columns.
  [[nodiscard]] ColumnGroups result() const;

 private:
  [[nodiscard]] bool admits_swap(std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] bool admits_move(std::uint32_t column, std::uint32_t group) const;
  void consider_move(std::uint32_t column, std::uint32_t group, std::int64_t floor, Change& best);
  void refresh(std::uint32_t group);
  void refresh_conflicts(std::uint32_t group);

  const ColumnPattern& pattern_;
  std::size_t alpha_;
  std::size_t limit_;
  bool limited_;                                     // the conflict limit can be reached at all
  LevelColumns levels_;                              // K
  std::size_t rows_;                                 // N, padded
  LevelColumns residuals_;                           // K
  LevelColumns tops_;                                // G: row maxima of the group
  std::vector<std::int32_t> residual_sums_;          // K
  std::vector<std::uint64_t> residual_occupied_;     // K x words: rows where the others are nonzero
  std::vector<std::size_t> residual_conflicts_;      // K: conflicts among the others
  std::vector<std::int32_t> values_;                 // G
  std::vector<std::uint64_t> occupied_;              // G x words
  std::vector<std::size_t> conflicts_;               // G
  std::vector<std::uint32_t> group_of_;              // K
  std::vector<std::vector<std::uint32_t>> members_;  // G
  std::vector<std::int32_t> sums_with_;              // scratch, 64 each
  std::vector<std::int32_t> sums_without_;
  std::vector<std::uint32_t> filled_;
  std::uint64_t evaluations_ = 0;
};

}  // namespace colcomb::combining
