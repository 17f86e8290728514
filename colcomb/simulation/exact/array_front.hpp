#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/simulation/exact/array_shape.hpp"
#include "colcomb/simulation/exact/serial_edge.hpp"

namespace colcomb::simulation {

/// An accumulation that has left a row of the array whole.
struct RowResult {
  std::size_t row = 0;
  std::uint32_t value = 0;  // modulo 2^A
};

/// An array with the registers that turn words into wires at its edges: the last stage of the shift
/// block and of the west edge (serialisers), the first of the ReLU and quantization block. In a
/// clock, `results` is what these registers hold; the put_ functions say what enters in this
/// clock; step() ends it.
class ArrayFront {
 public:
  ArrayFront() = default;
  ArrayFront(const ArrayFront&) = delete;
  ArrayFront& operator=(const ArrayFront&) = delete;
  virtual ~ArrayFront() = default;

  /// A word's first bits enter column `column`: one byte per line, missing ones 0.
  virtual void put_word(std::size_t column, std::span<const std::uint8_t> lines) = 0;
  /// The same word's initial accumulation enters row `row`, least significant bit first.
  virtual void put_accumulation(std::size_t row, std::uint32_t value) = 0;
  virtual void put_swap(std::size_t column) = 0;
  /// One weight-load cycle of a weight; line k is bit k.
  virtual void put_beat(std::size_t column, std::uint64_t bits) = 0;
  virtual void step() = 0;

  [[nodiscard]] virtual std::span<const RowResult> results() const = 0;
  /// Output registers of any cell; slow, for traces.
  [[nodiscard]] virtual CellOutputs outputs(std::size_t row, std::size_t column) const = 0;
};

/// `plain`: of the plain array of cells, for comparison; parallel cells have one model only.
[[nodiscard]] std::unique_ptr<ArrayFront> make_front(const ArrayShape& shape, bool plain = false);
[[nodiscard]] std::unique_ptr<ArrayFront> make_serial_front(const ArrayShape& shape, bool plain);
[[nodiscard]] std::unique_ptr<ArrayFront> make_parallel_front(const ArrayShape& shape);

/// A cell's W bits as they are cut into weight-load cycles, the lowest first: magnitude, sign,
/// select; of a parallel cell the weight in two's complement and the select.
[[nodiscard]] std::uint64_t weight_code(const ArrayShape& shape, std::int8_t weight,
                                        std::uint8_t select);

}  // namespace colcomb::simulation
