#include <vector>

#include "colcomb/simulation/exact/serial_array.hpp"
#include "colcomb/simulation/exact/serial_cell.hpp"

namespace colcomb::simulation {
namespace {

class PlainArray : public SerialArray {
 public:
  explicit PlainArray(const ArrayShape& shape)
      : shape_(shape), cells_(shape.rows * shape.columns, SerialCell(shape_)) {}

  void step(const SerialEdge& in) override {
    for (std::size_t row = 0; row < shape_.rows; ++row) {
      for (std::size_t column = 0; column < shape_.columns; ++column) {
        CellInputs wires = row == 0 ? south(in, column) : below(row, column);
        wires.acc = column == 0 ? west(in, row) : cell(row, column - 1).out().acc;
        cell(row, column).compute(wires);
      }
    }
    for (SerialCell& cell : cells_) cell.commit();
  }

  void east(std::span<std::uint8_t> acc, std::span<std::uint8_t> start) const override {
    for (std::size_t row = 0; row < shape_.rows; ++row) {
      const CellOutputs out = outputs(row, shape_.columns - 1);
      start[row] = out.start ? 1 : 0;
      for (std::size_t n = 0; n < shape_.streams; ++n)
        acc[n * shape_.rows + row] = (out.acc >> n) & 1U;
    }
  }

  CellOutputs outputs(std::size_t row, std::size_t column) const override {
    return cells_[row * shape_.columns + column].out();
  }

 private:
  SerialCell& cell(std::size_t row, std::size_t column) {
    return cells_[row * shape_.columns + column];
  }

  CellInputs south(const SerialEdge& in, std::size_t column) const {
    CellInputs wires;
    for (std::size_t k = 0; k < in.data.size(); ++k)
      wires.data |= std::uint64_t{in.data[k].get(column)} << k;
    for (std::size_t k = 0; k < in.load.size(); ++k)
      wires.load |= std::uint64_t{in.load[k].get(column)} << k;
    wires.start = in.start.get(column);
    wires.swap = in.swap.get(column);
    wires.load_valid = in.load_valid.get(column);
    return wires;
  }

  CellInputs below(std::size_t row, std::size_t column) {
    const CellOutputs& out = cell(row - 1, column).out();
    return {out.data, out.load, 0, out.start, out.swap, out.load_valid};
  }

  std::uint32_t west(const SerialEdge& in, std::size_t row) const {
    std::uint32_t bits = 0;
    for (std::size_t n = 0; n < shape_.streams; ++n) bits |= std::uint32_t{in.acc(n, row)} << n;
    return bits;
  }

  ArrayShape shape_;
  std::vector<SerialCell> cells_;
};

}  // namespace

std::unique_ptr<SerialArray> make_plain_array(const ArrayShape& shape) {
  return std::make_unique<PlainArray>(shape);
}

}  // namespace colcomb::simulation
