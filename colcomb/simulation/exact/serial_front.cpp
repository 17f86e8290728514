#include <deque>

#include "colcomb/base/check.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/serial_array.hpp"

namespace colcomb::simulation {
namespace {

/// Eight bytes' lowest bits, side by side.
std::uint64_t lowest_bits(std::uint64_t bytes) {
  return ((bytes & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56U;
}

class SerialFront : public ArrayFront {
 public:
  SerialFront(const ArrayShape& shape, bool plain)
      : shape_(shape),
        array_(plain ? make_plain_array(shape) : make_sliced_array(shape)),
        edge_(shape),
        lines_(shape.alpha, (shape.columns + 7) / 8),
        west_(shape.streams, shape.rows),
        east_(shape.streams, shape.rows),
        west_turn_(shape.rows),
        east_turn_(shape.rows),
        acc_(shape.streams * shape.rows),
        start_(shape.rows) {}

  void put_word(std::size_t column, std::span<const std::uint8_t> lines) override {
    edge_.start.set(column);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      // The bits of the word before have left: D is at most the word interval.
      lines_(k, column / 8) |= std::uint64_t{lines[k]} << (8 * (column % 8));
    }
  }

  void put_accumulation(std::size_t row, std::uint32_t value) override {
    west_(west_turn_[row], row) = value;
    west_turn_[row] = next(west_turn_[row]);
  }

  void put_swap(std::size_t column) override { edge_.swap.set(column); }

  void put_beat(std::size_t column, std::uint64_t bits) override {
    edge_.load_valid.set(column);
    std::vector<BitRow>& lines = shape_.double_buffering ? edge_.load : edge_.data;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      if (((bits >> k) & 1U) != 0) lines[k].set(column);
    }
  }

  void step() override {
    deserialise();
    serialise();
    array_->step(edge_);
    edge_.start.clear();
    edge_.swap.clear();
    edge_.load_valid.clear();
    for (BitRow& line : edge_.data) line.clear();
    for (BitRow& line : edge_.load) line.clear();
    ++clock_;
  }

  std::span<const RowResult> results() const override { return results_; }
  CellOutputs outputs(std::size_t row, std::size_t column) const override {
    return array_->outputs(row, column);
  }

 private:
  struct Pending {
    std::uint64_t clock;  // in which its last bit is there
    std::size_t row;
    std::size_t stream;
  };

  [[nodiscard]] std::size_t next(std::size_t stream) const { return (stream + 1) % shape_.streams; }

  void serialise() {
    for (std::size_t k = 0; k < shape_.alpha; ++k) {
      std::vector<std::uint64_t>& words = edge_.data[k].words();
      const auto line = lines_.row(k);
      for (std::size_t i = 0; i < line.size(); ++i) {
        words[i / 8] |= lowest_bits(line[i]) << (8 * (i % 8));
        line[i] = (line[i] >> 1U) & 0x7f7f7f7f7f7f7f7fULL;
      }
    }
    const auto west = west_.values();
    const auto bits = edge_.acc.values();
    for (std::size_t i = 0; i < west.size(); ++i) {
      bits[i] = west[i] & 1U;
      west[i] >>= 1U;
    }
  }

  /// A start leaves the last column's cell together with the accumulation's first bit.
  void deserialise() {
    results_.clear();
    array_->east(acc_, start_);
    const std::size_t top = shape_.accumulation_bits - 1;
    const auto east = east_.values();
    for (std::size_t i = 0; i < east.size(); ++i)
      east[i] = (east[i] >> 1U) | std::uint32_t{acc_[i]} << top;
    for (std::size_t row = 0; row < shape_.rows; ++row) {
      if (start_[row] == 0) continue;
      pending_.push_back({clock_ + top, row, east_turn_[row]});
      east_turn_[row] = next(east_turn_[row]);
    }
    while (!pending_.empty() && pending_.front().clock == clock_) {
      const Pending& whole = pending_.front();
      results_.push_back({whole.row, east_(whole.stream, whole.row)});
      pending_.pop_front();
    }
  }

  ArrayShape shape_;
  std::unique_ptr<SerialArray> array_;
  SerialEdge edge_;
  Matrix<std::uint64_t> lines_;  // alpha x C bytes: what is left of each line's word
  Matrix<std::uint32_t> west_;   // S x R: what is left of each initial accumulation
  Matrix<std::uint32_t> east_;   // S x R: the bits that have come, from the top down
  std::vector<std::size_t> west_turn_;
  std::vector<std::size_t> east_turn_;
  std::vector<std::uint8_t> acc_;
  std::vector<std::uint8_t> start_;
  std::deque<Pending> pending_;
  std::vector<RowResult> results_;
  std::uint64_t clock_ = 0;
};

}  // namespace

std::unique_ptr<ArrayFront> make_serial_front(const ArrayShape& shape, bool plain) {
  return std::make_unique<SerialFront>(shape, plain);
}

}  // namespace colcomb::simulation
