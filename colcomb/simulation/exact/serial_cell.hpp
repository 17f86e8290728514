#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "colcomb/simulation/exact/array_shape.hpp"
#include "colcomb/simulation/exact/serial_edge.hpp"

namespace colcomb::simulation {

/// What a cell's input wires carry in one clock; line or stream k is bit k.
struct CellInputs {
  std::uint64_t data = 0;
  std::uint64_t load = 0;
  std::uint32_t acc = 0;
  bool start = false;
  bool swap = false;
  bool load_valid = false;
};

/// One accumulation under way in a cell.
struct Stream {
  std::uint16_t p = 0;   // running partial product: 8 bits between clocks
  std::uint8_t age = 8;  // clocks since its start; 8: no data bit follows
  bool carry = false;
  bool seen = false;    // the product has had a 1: two's complement inverts what follows
  bool negate = false;  // the weight's sign at the start

  /// The next bit of acc_in + w * x, least significant first.
  bool step(bool data_bit, std::uint8_t magnitude, bool acc_in) {
    const auto sum = static_cast<std::uint16_t>(p + (data_bit ? magnitude : 0));
    const bool product = (sum & 1U) != 0;
    p = sum >> 1U;
    const bool term = product != (negate && seen);
    seen = seen || product;
    const bool out = (term != acc_in) != carry;
    carry = (term && acc_in) || (term && carry) || (acc_in && carry);
    return out;
  }
};

/// BL, IL or MX cell (paper, section 4.2). compute() reads wires and registers and fills the next
/// state; commit() makes it the present one. Latency: one clock on every path.
class SerialCell {
 public:
  explicit SerialCell(const ArrayShape& shape) : shape_(&shape) {}

  void compute(const CellInputs& in) {
    next_ = now_;
    next_.out.data = in.data;
    next_.out.load = in.load;
    next_.out.start = in.start;
    next_.out.swap = in.swap;
    accumulate(in);
    load(in);
  }
  void commit() { now_ = next_; }

  [[nodiscard]] const CellOutputs& out() const { return now_.out; }

 private:
  struct State {
    std::uint64_t weight = 0;      // magnitude, sign, select: what the multiplier uses
    std::uint64_t shadow = 0;      // the next tile's, with double buffering
    std::uint8_t load_cycles = 0;  // captured since the last swap
    std::uint8_t current = 0;      // stream of the latest word
    std::uint8_t next = 0;         // stream of the word to come
    std::array<Stream, 4> streams;
    CellOutputs out;
  };

  void accumulate(const CellInputs& in) {
    const auto magnitude = static_cast<std::uint8_t>(now_.weight & 0xffU);
    const bool sign = ((now_.weight >> 8U) & 1U) != 0;
    const std::uint64_t select = now_.weight >> 9U & ((1ULL << (shape_->weight_bits - 9)) - 1);
    const bool line = select < shape_->alpha && ((in.data >> select) & 1U) != 0;
    if (in.start) {
      next_.current = now_.next;
      next_.next = static_cast<std::uint8_t>((now_.next + 1U) % shape_->streams);
      next_.streams[next_.current] = Stream{.age = 0, .negate = sign};
    }
    next_.out.acc = 0;
    for (std::size_t n = 0; n < shape_->streams; ++n) {
      Stream& stream = next_.streams[n];
      const bool fed = n == next_.current && stream.age < 8;
      const bool bit = stream.step(fed && line, magnitude, ((in.acc >> n) & 1U) != 0);
      next_.out.acc |= static_cast<std::uint32_t>(bit) << n;
      if (stream.age < 8) ++stream.age;
    }
  }

  /// The register is a shift register: after L weight-load cycles the first one's bits are the
  /// lowest.
  void load(const CellInputs& in) {
    const bool captures = in.load_valid && now_.load_cycles < shape_->load_clocks;
    next_.out.load_valid = in.load_valid && !captures;
    if (captures) {
      const std::uint64_t load_cycle = shape_->double_buffering ? in.load : in.data;
      std::uint64_t& target = shape_->double_buffering ? next_.shadow : next_.weight;
      const std::size_t top = (shape_->load_clocks - 1) * shape_->alpha;
      target = (shape_->load_clocks > 1 ? target >> shape_->alpha : 0) | (load_cycle << top);
      ++next_.load_cycles;
    }
    if (in.swap) {
      if (shape_->double_buffering) next_.weight = now_.shadow;
      next_.load_cycles = 0;
    }
  }

  const ArrayShape* shape_;
  State now_;
  State next_;
};

}  // namespace colcomb::simulation
