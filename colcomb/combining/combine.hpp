#pragma once

#include <cstdint>
#include <optional>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/grouping.hpp"

namespace colcomb::combining {

/// How combine_columns prunes and groups.
struct CombineOptions {
  /// Fraction of the weights that magnitude pruning removes before grouping, 0 to 1.
  double prune_fraction = 0;
  GroupingOptions grouping;  // how columns are grouped
  /// A cell (row, group) left empty costs the array as much as a full one. If set, the stored
  /// nonzero weight of largest magnitude among the group's columns in that row comes back, even
  /// though magnitude pruning had removed it. Leave off to reproduce the paper, where sparsity and
  /// not the number of cells is the aim.
  bool fill_empty_cells = false;
  /// Also compute Combined::gap_to_bound, in O(N * G^2 + M^2 log alpha).
  bool bound = false;
};

/// What column combining decides for one filter matrix.
struct Combined {
  Matrix<std::uint8_t> mask;      // N x M; 1 where a weight survives: at most one per row and group
  ColumnGroups groups;            // over the columns that magnitude pruning left nonzero
  double retained_magnitude = 1;  // sum of surviving |w| / sum of |w| of stored; 1 if that sum is 0
  /// With CombineOptions::bound: (bound - value) / bound, 0 to 1, where value is the objective that
  /// the grouping maximised (importance, |w| or w^2, summed over the filled cells) and bound is
  /// what no grouping of the same columns into as many groups can exceed (bound.hpp).
  std::optional<double> gap_to_bound;
};

/// Prunes by magnitude, groups the columns, prunes the conflicts (one pass of the paper's Algorithm
/// 1 without its retraining) on the stored N x M weights. With alpha 1 the groups are the single
/// nonzero columns and no conflict arises. Where grouping.importance is set, it decides which
/// weight of a cell survives, in place of the magnitude. Errors: UserError if a fraction or
/// grouping option is out of range or a weight is not finite.
[[nodiscard]] Combined combine_columns(const Matrix<float>& stored, const CombineOptions& options);

/// As above for the iterative schedule: weights that `remaining` has pruned are gone for good, and
/// prune_fraction counts among those it keeps.
/// Requires: remaining has the shape of stored and holds 0 and 1 only.
[[nodiscard]] Combined combine_columns(const Matrix<float>& stored,
                                       const Matrix<std::uint8_t>& remaining,
                                       const CombineOptions& options);

}  // namespace colcomb::combining
