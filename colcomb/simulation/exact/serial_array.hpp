#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "colcomb/simulation/exact/array_shape.hpp"
#include "colcomb/simulation/exact/serial_edge.hpp"

namespace colcomb::simulation {

/// R x C bit-serial cells and the registered wires between them.
class SerialArray {
 public:
  SerialArray() = default;
  SerialArray(const SerialArray&) = delete;
  SerialArray& operator=(const SerialArray&) = delete;
  virtual ~SerialArray() = default;

  /// One clock. Requires: starts of a column are at least the word interval apart.
  virtual void step(const SerialEdge& in) = 0;

  /// Output registers of the last column as they stand after the last step: `acc` gets S x R bits,
  /// stream by stream, `start` one per row.
  virtual void east(std::span<std::uint8_t> acc, std::span<std::uint8_t> start) const = 0;

  /// Output registers of any cell; slow, for traces and tests.
  [[nodiscard]] virtual CellOutputs outputs(std::size_t row, std::size_t column) const = 0;
};

/// One struct per cell: what the hardware is, for reading and as the oracle of the other.
[[nodiscard]] std::unique_ptr<SerialArray> make_plain_array(const ArrayShape& shape);

/// All cells at once, one bit plane per register bit.
[[nodiscard]] std::unique_ptr<SerialArray> make_sliced_array(const ArrayShape& shape);

}  // namespace colcomb::simulation
