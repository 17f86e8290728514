#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::tiling {

/// What the memory of one row bus must hold of an array's activation tables: a table of 256 bytes,
/// or of tables by row those of the bus's rows in each row tile; equal ones once
/// (docs/developer/activation-tables.md).
class TableMemory {
 public:
  explicit TableMemory(const ArrayConfig& array);

  /// Bytes that a layer of `filters` rows adds: none if `table` (256 bytes, or so many for each
  /// row) is empty or an earlier layer had it.
  std::uint64_t add(std::span<const std::uint8_t> table, std::size_t filters);

 private:
  std::size_t rows_;      // of the array
  std::size_t bus_rows_;  // of a bus
  std::vector<std::vector<std::uint8_t>> tables_;
};

}  // namespace colcomb::tiling
