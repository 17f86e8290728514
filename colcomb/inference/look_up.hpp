#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "colcomb/artifacts/activation_table.hpp"

namespace colcomb::inference {

/// Bytes that lie `step` apart in runs: run r begins at first + r * step.
struct ByteRuns {
  std::uint8_t* first = nullptr;
  std::size_t runs = 0;
  std::ptrdiff_t step = 0;
  std::size_t bytes = 0;  // of a run
};

/// Replaces each byte by the table's. Other bytes are neither read nor written.
struct LookUp {
  const char* name = "";
  void (*run)(const TableBytes& table, const ByteRuns& runs) = nullptr;
};

/// Byte i of each run is replaced by what tables[i] has for it.
/// Requires: as many tables as a run has bytes.
void look_up_by_row(std::span<const TableBytes> tables, const ByteRuns& runs);

/// Those that this processor can run, fastest first. Never empty.
[[nodiscard]] std::span<const LookUp> supported_look_ups();

}  // namespace colcomb::inference
