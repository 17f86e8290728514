#include "colcomb/tiling/table_memory.hpp"

#include <algorithm>

#include "colcomb/artifacts/activation_table.hpp"
#include "colcomb/base/arithmetic.hpp"

namespace colcomb::tiling {

TableMemory::TableMemory(const ArrayConfig& array)
    : rows_(array.rows), bus_rows_(std::min(array.rows, array.rows_per_bus())) {}

std::uint64_t TableMemory::add(std::span<const std::uint8_t> table, std::size_t filters) {
  if (table.empty()) return 0;
  const bool known = std::ranges::any_of(
      tables_, [table](const auto& before) { return std::ranges::equal(before, table); });
  if (known) return 0;
  tables_.emplace_back(table.begin(), table.end());
  if (table.size() == kTableEntries) return kTableEntries;
  return ceil_divide(filters, rows_) * bus_rows_ * kTableEntries;
}

}  // namespace colcomb::tiling
