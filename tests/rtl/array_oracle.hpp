#pragma once

#include <deque>
#include <memory>

#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/serial_array.hpp"
#include "tests/rtl/array_wires.hpp"

namespace colcomb::tests {

/// The simulator's plain cells, or its bit-parallel array, under the wires of the RTL.
class ArrayOracle {
 public:
  explicit ArrayOracle(const RtlShape& rtl) : rtl_(rtl) {
    if (rtl.shape.parallel)
      parallel_ = simulation::make_parallel_front(rtl.shape);
    else
      serial_ = simulation::make_plain_array(rtl.shape);
  }

  /// One clock; returns the output registers after it.
  ArrayOutputs step(const ArrayInputs& in) {
    if (parallel_)
      step_parallel(in);
    else
      step_serial(in);
    past_.push_front(in);
    if (past_.size() > rtl_.shape.rows) past_.pop_back();
    return read();
  }

 private:
  void step_serial(const ArrayInputs& in) {
    const simulation::ArrayShape& shape = rtl_.shape;
    simulation::SerialEdge edge(shape);
    for (std::size_t j = 0; j < shape.columns; ++j) {
      for (std::size_t k = 0; k < shape.alpha; ++k) {
        edge.data[k].set(j, in.data[j * shape.alpha + k] != 0);
        if (shape.double_buffering) edge.load[k].set(j, in.load[j * shape.alpha + k] != 0);
      }
      edge.start.set(j, in.start[j] != 0);
      edge.swap.set(j, in.swap[j] != 0);
      edge.load_valid.set(j, in.load_valid[j] != 0);
    }
    for (std::size_t i = 0; i < shape.rows; ++i) {
      for (std::size_t n = 0; n < shape.streams; ++n)
        edge.acc(n, i) = in.acc[i * shape.streams + n];
    }
    serial_->step(edge);
  }

  void step_parallel(const ArrayInputs& in) {
    const simulation::ArrayShape& shape = rtl_.shape;
    const std::size_t lines = shape.load_lines();
    for (std::size_t j = 0; j < shape.columns; ++j) {
      const Bits& weights = shape.double_buffering ? in.load : in.data;
      if (in.load_valid[j] != 0) parallel_->put_beat(j, number(weights, j * lines, lines));
      if (in.swap[j] != 0) parallel_->put_swap(j);
      if (in.start[j] == 0) continue;
      std::vector<std::uint8_t> bytes(shape.alpha);
      for (std::size_t k = 0; k < shape.alpha; ++k)
        bytes[k] = static_cast<std::uint8_t>(number(in.data, j * lines + 8 * k, 8));
      parallel_->put_word(j, bytes);
    }
    for (std::size_t i = 0; i < shape.rows; ++i)
      parallel_->put_accumulation(
          i, static_cast<std::uint32_t>(
                 number(in.acc, i * shape.accumulation_bits, shape.accumulation_bits)));
    parallel_->step();
  }

  static std::uint64_t number(const Bits& bits, std::size_t first, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t b = 0; b < std::min<std::size_t>(count, 64); ++b)
      value |= std::uint64_t{bits[first + b]} << b;
    return value;
  }

  ArrayOutputs read() const {
    const simulation::ArrayShape& shape = rtl_.shape;
    const std::size_t lines = shape.load_lines();
    ArrayOutputs out(rtl_);
    for (std::size_t i = 0; i < shape.rows; ++i) {
      for (std::size_t j = 0; j < shape.columns; ++j) {
        const std::size_t cell = i * shape.columns + j;
        const simulation::CellOutputs found =
            serial_ ? serial_->outputs(i, j) : parallel_->outputs(i, j);
        out.start[cell] = found.start ? 1 : 0;
        out.swap[cell] = found.swap ? 1 : 0;
        out.load_valid[cell] = found.load_valid ? 1 : 0;
        for (std::size_t n = 0; n < rtl_.acc_wires(); ++n)
          out.acc[cell * rtl_.acc_wires() + n] = (found.acc >> n) & 1U;
        for (std::size_t k = 0; k < lines; ++k) {
          if (serial_) {
            out.data[cell * lines + k] = (found.data >> k) & 1U;
            out.load[cell * lines + k] = (found.load >> k) & 1U;
          } else if (i < past_.size()) {
            // The model of the bit-parallel array has bytes of words only: what the lines carry
            // else is seen one row up per clock.
            out.data[cell * lines + k] = past_[i].data[j * lines + k];
            if (shape.double_buffering) out.load[cell * lines + k] = past_[i].load[j * lines + k];
          }
        }
      }
    }
    return out;
  }

  RtlShape rtl_;
  std::unique_ptr<simulation::SerialArray> serial_;
  std::unique_ptr<simulation::ArrayFront> parallel_;
  std::deque<ArrayInputs> past_;  // of the latest clocks, the last one first
};

}  // namespace colcomb::tests
