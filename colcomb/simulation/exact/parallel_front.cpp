#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation {
namespace {

/// What comes from below into one row in one clock, for all columns.
struct RowWires {
  std::vector<std::uint8_t> data;  // C x alpha
  std::vector<std::uint8_t> start;
  std::vector<std::uint8_t> swap;
  std::vector<std::uint64_t> load;
  std::vector<std::uint8_t> load_valid;  // into row 0 only: cells take weight-load cycles out
};

/// Registers of one cell but for those that only hand on.
struct ParallelCell {
  std::uint64_t weight = 0;
  std::uint64_t shadow = 0;
  bool captured = false;  // L is 1
  bool load_valid = false;
  bool start = false;
  std::uint32_t acc = 0;
};

/// Arrays of integers: one multiplier per cell needs no bits.
class ParallelFront : public ArrayFront {
 public:
  explicit ParallelFront(const ArrayShape& shape)
      : shape_(shape),
        mask_(shape.accumulation_bits == 32 ? ~0U : (1U << shape.accumulation_bits) - 1),
        wires_(shape.rows, RowWires{std::vector<std::uint8_t>(shape.columns * shape.alpha),
                                    std::vector<std::uint8_t>(shape.columns),
                                    std::vector<std::uint8_t>(shape.columns),
                                    std::vector<std::uint64_t>(shape.columns),
                                    std::vector<std::uint8_t>(shape.columns)}),
        bottom_(wires_.front()),
        cells_(shape.rows, shape.columns),
        west_(shape.rows) {
    COLCOMB_CHECK(shape.load_clocks == 1, "eight lines carry a weight in one clock");
  }

  void put_word(std::size_t column, std::span<const std::uint8_t> lines) override {
    bottom_.start[column] = 1;
    std::ranges::copy(lines,
                      bottom_.data.begin() + static_cast<std::ptrdiff_t>(column * shape_.alpha));
  }
  void put_accumulation(std::size_t row, std::uint32_t value) override { west_[row] = value; }
  void put_swap(std::size_t column) override { bottom_.swap[column] = 1; }
  void put_beat(std::size_t column, std::uint64_t bits) override {
    bottom_.load_valid[column] = 1;
    bottom_.load[column] = bits;
  }

  void step() override {
    results_.clear();
    for (std::size_t row = 0; row < shape_.rows; ++row) {
      const ParallelCell& last = cells_(row, shape_.columns - 1);
      if (last.start) results_.push_back({row, last.acc});
    }
    // The wires of row i are those of row 0 i clocks ago.
    head_ = (head_ + shape_.rows - 1) % shape_.rows;
    std::swap(wires_[head_], bottom_);
    for (std::size_t row = shape_.rows; row-- > 0;) {
      for (std::size_t column = shape_.columns; column-- > 0;) step_cell(row, column);
    }
    std::ranges::fill(bottom_.data, std::uint8_t{0});
    std::ranges::fill(bottom_.start, std::uint8_t{0});
    std::ranges::fill(bottom_.swap, std::uint8_t{0});
    std::ranges::fill(bottom_.load, std::uint64_t{0});
    std::ranges::fill(bottom_.load_valid, std::uint8_t{0});
    std::ranges::fill(west_, 0U);
  }

  std::span<const RowResult> results() const override { return results_; }

  CellOutputs outputs(std::size_t row, std::size_t column) const override {
    const RowWires& wires = wires_[(head_ + row) % shape_.rows];
    CellOutputs out;
    for (std::size_t k = 0; k < std::min<std::size_t>(8, shape_.alpha); ++k)
      out.data |= std::uint64_t{wires.data[column * shape_.alpha + k]} << (8 * k);
    out.acc = cells_(row, column).acc;
    out.start = wires.start[column] != 0;
    out.swap = wires.swap[column] != 0;
    out.load_valid = cells_(row, column).load_valid;
    return out;
  }

 private:
  /// From the last cell to the first, so that the ones below and to the left are still as they
  /// were: all registers change together.
  void step_cell(std::size_t row, std::size_t column) {
    const RowWires& wires = wires_[(head_ + row) % shape_.rows];
    ParallelCell& cell = cells_(row, column);
    const bool valid =
        row == 0 ? wires.load_valid[column] != 0 : cells_(row - 1, column).load_valid;
    const std::uint32_t acc_in = column == 0 ? west_[row] : cells_(row, column - 1).acc;
    const ParallelCell before = cell;
    cell.start = wires.start[column] != 0;
    cell.acc = acc_in;
    if (cell.start) {
      const auto weight = static_cast<std::int8_t>(before.weight & 0xffU);
      const std::size_t select = before.weight >> 8U;
      const int x = select < shape_.alpha ? wires.data[column * shape_.alpha + select] : 0;
      cell.acc += static_cast<std::uint32_t>(weight * x);
    }
    cell.acc &= mask_;
    const bool takes = valid && !before.captured;
    cell.load_valid = valid && !takes;
    if (takes) {
      const std::uint64_t code = wires.load[column] & ((1ULL << shape_.weight_bits) - 1);
      (shape_.double_buffering ? cell.shadow : cell.weight) = code;
      cell.captured = true;
    }
    if (wires.swap[column] != 0) {
      if (shape_.double_buffering) cell.weight = before.shadow;
      cell.captured = false;
    }
  }

  ArrayShape shape_;
  std::uint32_t mask_;
  std::vector<RowWires> wires_;  // row i's at head_ + i
  std::size_t head_ = 0;
  RowWires bottom_;  // what enters in this clock
  Matrix<ParallelCell> cells_;
  std::vector<std::uint32_t> west_;
  std::vector<RowResult> results_;
};

}  // namespace

std::unique_ptr<ArrayFront> make_parallel_front(const ArrayShape& shape) {
  return std::make_unique<ParallelFront>(shape);
}

}  // namespace colcomb::simulation
