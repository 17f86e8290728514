#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"
#include "colcomb/simulation/exact/array_shape.hpp"

namespace colcomb::simulation {

/// One bit per column, 64 to a word.
class BitRow {
 public:
  BitRow() = default;
  explicit BitRow(std::size_t width) : words_((width + 63) / 64) {}

  [[nodiscard]] bool get(std::size_t i) const { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
  void set(std::size_t i, bool value = true) {
    const std::uint64_t bit = 1ULL << (i % 64);
    words_[i / 64] = value ? words_[i / 64] | bit : words_[i / 64] & ~bit;
  }
  [[nodiscard]] bool any() const {
    for (const std::uint64_t word : words_) {
      if (word != 0) return true;
    }
    return false;
  }
  void clear() {
    for (std::uint64_t& word : words_) word = 0;
  }
  [[nodiscard]] std::vector<std::uint64_t>& words() { return words_; }
  [[nodiscard]] const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  std::vector<std::uint64_t> words_;
};

/// What the wires into a bit-serial array carry in one clock.
struct SerialEdge {
  explicit SerialEdge(const ArrayShape& shape)
      : data(shape.alpha, BitRow(shape.columns)),
        load(shape.double_buffering ? shape.alpha : 0, BitRow(shape.columns)),
        start(shape.columns),
        swap(shape.columns),
        load_valid(shape.columns),
        acc(shape.streams, shape.rows) {}

  // South: data_in and so on of the cells of row 0.
  std::vector<BitRow> data;  // per line
  std::vector<BitRow> load;  // per line; none without double buffering
  BitRow start;
  BitRow swap;
  BitRow load_valid;
  // West: acc_in of the cells of column 0, S x R, each 0 or 1.
  Matrix<std::uint8_t> acc;
};

/// The output registers of one cell, as wires: line or stream k is bit k. Of a parallel cell `acc`
/// is the accumulation and `data` the first eight lines' bytes.
struct CellOutputs {
  std::uint64_t data = 0;
  std::uint64_t load = 0;  // 0 without double buffering
  std::uint32_t acc = 0;   // bit n: stream n
  bool start = false;
  bool swap = false;
  bool load_valid = false;

  bool operator==(const CellOutputs&) const = default;
};

}  // namespace colcomb::simulation
