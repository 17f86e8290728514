#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/combining/pattern.hpp"

namespace colcomb::combining {

/// Groups under construction that columns are added to one at a time.
/// Invariant: no group has more than alpha columns or `conflict_limit` conflicts.
class OpenGroups {
 public:
  /// Requires: pattern outlives this object.
  OpenGroups(const ColumnPattern& pattern, std::size_t alpha, std::size_t conflict_limit)
      : pattern_(pattern), alpha_(alpha), limit_(conflict_limit), overlaps_(pattern.size()) {}

  [[nodiscard]] std::size_t size() const { return groups_.size(); }

  /// Opens a group that holds the pattern's k-th column.
  void open(std::size_t k);
  /// Adds column k to the group if that is admissible, else returns false.
  [[nodiscard]] bool add(std::size_t k, std::size_t group);
  /// Adds column k to the admissible group whose combined column becomes densest (ties: the group
  /// opened first), or opens a new one.
  void place(std::size_t k);

  /// Over the matrix's columns.
  [[nodiscard]] ColumnGroups result() const;

 private:
  [[nodiscard]] bool admits(std::size_t group, std::uint32_t overlap) const;
  void join(std::size_t k, std::size_t group, std::uint32_t overlap);

  const ColumnPattern& pattern_;
  std::size_t alpha_;
  std::size_t limit_;
  std::vector<std::vector<std::size_t>> groups_;
  std::vector<std::uint64_t> occupied_;  // G x words: rows with a nonzero
  std::vector<std::uint32_t> filled_;    // G: how many such rows
  std::vector<std::size_t> conflicts_;   // G
  std::vector<std::uint32_t> overlaps_;
};

/// Columns of the pattern by falling number of nonzeros; ties: lower index first.
[[nodiscard]] std::vector<std::size_t> by_falling_density(const ColumnPattern& pattern);

}  // namespace colcomb::combining
