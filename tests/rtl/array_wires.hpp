#pragma once

#include <cstdint>
#include <vector>

#include "tests/rtl/rtl_shape.hpp"

namespace colcomb::tests {

/// One bit per entry.
using Bits = std::vector<std::uint8_t>;

/// What enters an array in one clock, ordered as sa_array's ports: line k of column j is entry
/// j * load_lines + k, wire n of row i's accumulation entry i * acc_wires + n.
struct ArrayInputs {
  explicit ArrayInputs(const RtlShape& rtl)
      : data(rtl.shape.columns * rtl.shape.load_lines()),
        load(data.size()),
        start(rtl.shape.columns),
        swap(rtl.shape.columns),
        load_valid(rtl.shape.columns),
        acc(rtl.shape.rows * rtl.acc_wires()) {}

  Bits data;
  Bits load;
  Bits start;
  Bits swap;
  Bits load_valid;
  Bits acc;
};

/// The output registers of all cells, row by row, wires of a cell together.
struct ArrayOutputs {
  explicit ArrayOutputs(const RtlShape& rtl)
      : data(rtl.cells() * rtl.shape.load_lines()),
        load(data.size()),
        start(rtl.cells()),
        swap(rtl.cells()),
        load_valid(rtl.cells()),
        acc(rtl.cells() * rtl.acc_wires()) {}

  bool operator==(const ArrayOutputs&) const = default;

  Bits data;
  Bits load;  // 0 without double buffering
  Bits start;
  Bits swap;
  Bits load_valid;
  Bits acc;
};

}  // namespace colcomb::tests
