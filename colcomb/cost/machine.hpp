#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::cost {

/// The on-chip memories of docs/reference/cycle-model.md.
enum class Store : std::uint8_t {
  kData,   // cross-layer: the line buffers in front of an array
  kInput,  // cross-layer: the image reader's FIFO
  kWeight,
  kPartialSum,
  kResidual,
  kResidualInput,
  kOutput,
  kPoolingLine,
  kTable,  // activation tables
};
[[nodiscard]] const char* name_of(Store store);

/// A memory of equal banks.
struct Memory {
  Store store = Store::kData;
  std::uint64_t banks = 1;
  std::uint64_t bank_bytes = 1;
  std::size_t word_bits = 8;
  std::size_t ports = 1;  // b
};

/// One array and what stands around it.
struct ArrayUnit {
  ArrayConfig config;  // rows and columns are the array's own
  std::uint64_t cells = 0;
  std::vector<Memory> memories;  // those that have bytes

  [[nodiscard]] const Memory* find(Store store) const;
};

/// The hardware of a run: one array, or with cross-layer pipelining one for each layer.
struct Machine {
  std::vector<ArrayUnit> arrays;
  bool tables = false;         // some array has activation tables
  bool row_exponents = false;  // some layer's rows have scales of their own

  /// Layer after layer all layers run on the one array.
  [[nodiscard]] const ArrayUnit& array_of(std::size_t layer) const {
    return arrays.size() == 1 ? arrays.front() : arrays.at(layer);
  }
};

/// Requires: the result comes from a simulation: with cross_layer it says each layer's shape and
/// line buffers.
[[nodiscard]] Machine machine_of(const SimulationResult& result);

}  // namespace colcomb::cost
