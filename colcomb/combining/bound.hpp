#pragma once

#include <cstddef>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// A sum of |w| that no grouping of the pruned N x M matrix's columns into at most `groups` groups
/// of at most `alpha` columns can retain more than, whatever its gamma. docs/reference/combining.md
/// has the proof. Pass importances in place of weights to bound another objective's value.
///
/// Time O(N * G^2 + M^2 log alpha), memory 8 M^2 bytes.
/// Requires: groups * alpha is at least the number of nonzero columns; alpha >= 1.
[[nodiscard]] double retained_magnitude_bound(const Matrix<float>& pruned, std::size_t groups,
                                              std::size_t alpha);

/// How much more than `groups` another grouping with as many groups could retain at the very most:
/// (bound - retained) / bound, from 0 to 1; 0 for a matrix of zeros.
[[nodiscard]] double gap_to_bound(const Matrix<float>& pruned, const ColumnGroups& groups,
                                  std::size_t alpha);

}  // namespace colcomb::combining
