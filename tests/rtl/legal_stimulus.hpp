#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/base/random.hpp"
#include "tests/rtl/array_wires.hpp"

namespace colcomb::tests {

/// Random wires into an array that obey what sa_mx_cell and sa_parallel_cell require, and else
/// nothing: stalls of any length between words, columns without stagger, weights for any number of
/// rows with gaps between the weight-load cycles, swaps without new weights.
class LegalStimulus {
 public:
  LegalStimulus(const RtlShape& rtl, std::uint64_t seed)
      : rtl_(rtl), random_(seed), columns_(rtl.shape.columns) {
    for (Column& column : columns_) {
      column.since_start = rtl.shape.interval;
      plan_load(column);
    }
  }

  ArrayInputs next() {
    ArrayInputs in(rtl_);
    if (random_.below(60) == 0) eagerness_ = 1 + random_.below(20) * random_.below(3);
    if (random_.below(40) == 0) loading_ = !loading_;
    for (std::size_t j = 0; j < columns_.size(); ++j) step_column(in, j);
    for (auto& bit : in.acc) bit = coin();
    return in;
  }

 private:
  struct Column {
    std::size_t since_start = 0;  // clocks since the clock of the latest start
    std::size_t planned = 0;      // weight-load cycles from swap to swap
    std::size_t sent = 0;
  };

  std::uint8_t coin() { return static_cast<std::uint8_t>(random_.below(2)); }

  void plan_load(Column& column) {
    column.sent = 0;
    column.planned = random_.below(4) == 0
                         ? 0
                         : (1 + random_.below(rtl_.shape.rows + 1)) * rtl_.shape.load_clocks;
  }

  void step_column(ArrayInputs& in, std::size_t j) {
    const simulation::ArrayShape& shape = rtl_.shape;
    Column& column = columns_[j];
    const bool partial = column.sent % shape.load_clocks != 0;
    const bool start = column.since_start + 1 >= shape.interval &&
                       (shape.double_buffering || !partial) && random_.below(eagerness_) == 0;
    column.since_start = start ? 0 : column.since_start + 1;
    // In this clock the weight is used, or was for the last time and may change at its end.
    const bool in_use = column.since_start + 1 < shape.data_clocks;
    const bool serial_idle = !shape.parallel && column.since_start >= shape.data_clocks;
    in.start[j] = start ? 1 : 0;

    bool loads = loading_ && column.sent < column.planned && random_.below(3) != 0;
    if (!shape.double_buffering) loads = loads && !in_use;
    const bool swaps = !loads && !in_use && column.sent == column.planned && random_.below(10) == 0;
    if (loads) {
      in.load_valid[j] = 1;
      ++column.sent;
    }
    if (swaps) {
      in.swap[j] = 1;
      plan_load(column);
    }
    const std::size_t lines = shape.load_lines();
    for (std::size_t k = 0; k < lines; ++k) {
      // Without double buffering the lines may carry anything between words: weights of other rows.
      const bool zero = serial_idle && shape.double_buffering;
      in.data[j * lines + k] = zero ? 0 : coin();
      in.load[j * lines + k] = coin();
    }
  }

  RtlShape rtl_;
  Random random_;
  std::vector<Column> columns_;
  std::uint64_t eagerness_ = 1;
  bool loading_ = true;
};

}  // namespace colcomb::tests
