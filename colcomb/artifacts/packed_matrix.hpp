#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// Most columns one group can hold: the select fits a byte and MX cells stay small.
inline constexpr std::size_t kMaxAlpha = 64;

/// Packed filter matrix (paper section 3): one column per group, and in each cell the one surviving
/// weight of its row in that group together with which of the group's columns it belongs to.
template <class T>
struct PackedMatrix {
  Matrix<T> values;              // N x G; 0 where the cell is empty
  Matrix<std::uint8_t> selects;  // N x G; index into groups.groups[g]; 0 where the cell is empty
  ColumnGroups groups;           // G groups over the unpacked matrix's columns
  std::size_t columns = 0;       // M, columns of the unpacked matrix

  /// Filters, N.
  [[nodiscard]] std::size_t rows() const { return values.rows(); }
  bool operator==(const PackedMatrix&) const = default;
};

/// One group for each column of `matrix` that is not all zero, in their order.
template <class T>
[[nodiscard]] ColumnGroups nonzero_columns(const Matrix<T>& matrix) {
  ColumnGroups groups;
  for (std::size_t column = 0; column < matrix.cols(); ++column) {
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
      if (matrix(row, column) == T{}) continue;
      groups.groups.push_back({static_cast<std::uint32_t>(column)});
      break;
    }
  }
  return groups;
}

/// The N x M matrix a packed one stands for.
template <class T>
[[nodiscard]] Matrix<T> unpack(const PackedMatrix<T>& packed) {
  Matrix<T> full(packed.rows(), packed.columns);
  for (std::size_t row = 0; row < packed.rows(); ++row) {
    for (std::size_t group = 0; group < packed.groups.size(); ++group) {
      const T value = packed.values(row, group);
      if (value == T{}) continue;
      full(row, packed.groups.groups[group][packed.selects(row, group)]) = value;
    }
  }
  return full;
}

/// Packs `matrix` by `groups`. Requires: every nonzero column is in a group, no row has two
/// nonzeros in one group (prune conflicts first), groups are valid with alpha <= kMaxAlpha.
template <class T>
[[nodiscard]] PackedMatrix<T> pack(const Matrix<T>& matrix, const ColumnGroups& groups) {
  COLCOMB_CHECK(*invalid_grouping(groups, matrix.cols(), kMaxAlpha) == '\0',
                invalid_grouping(groups, matrix.cols(), kMaxAlpha));
  PackedMatrix<T> packed{Matrix<T>(matrix.rows(), groups.size()),
                         Matrix<std::uint8_t>(matrix.rows(), groups.size()), groups, matrix.cols()};
  std::size_t kept = 0;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t group = 0; group < groups.size(); ++group) {
      const auto& members = groups.groups[group];
      for (std::size_t k = 0; k < members.size(); ++k) {
        const T value = matrix(row, members[k]);
        if (value == T{}) continue;
        COLCOMB_CHECK(packed.values(row, group) == T{}, "conflict left in a row of a group");
        packed.values(row, group) = value;
        packed.selects(row, group) = static_cast<std::uint8_t>(k);
        ++kept;
      }
    }
  }
  COLCOMB_CHECK(kept == count_nonzeros(matrix), "a nonzero column is in no group");
  return packed;
}

}  // namespace colcomb
