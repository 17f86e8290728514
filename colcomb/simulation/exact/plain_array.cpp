// The array as so many cells and wires.
#include <utility>

#include "colcomb/simulation/exact/array.hpp"
#include "colcomb/simulation/exact/cell.hpp"

namespace colcomb::simulation {
namespace {

class PlainArray : public SystolicArray {
 public:
  explicit PlainArray(const ArrayConfig& config)
      : rows_(config.rows),
        columns_(config.columns),
        shape_(shape_of(config)),
        cells_(rows_ * columns_, Cell(shape_)),
        east_(rows_) {}

  void step(std::span<const SouthInput> south, std::span<const std::uint32_t> west) override {
    for (std::size_t c = 0; c < columns_; ++c) {
      const UpwardSignals bottom = signals_of(south[c]);
      for (std::size_t r = 0; r < rows_; ++r) {
        const UpwardSignals& below = r > 0 ? cell(r - 1, c).up() : bottom;
        cell(r, c).compute(below, c > 0 ? cell(r, c - 1).acc_out() : west[r]);
      }
    }
    for (Cell& one : cells_) one.commit();
    for (std::size_t r = 0; r < rows_; ++r) east_[r] = cell(r, columns_ - 1).acc_out();
  }

  [[nodiscard]] std::span<const std::uint32_t> east() const override { return east_; }

 private:
  Cell& cell(std::size_t r, std::size_t c) { return cells_[r * columns_ + c]; }

  [[nodiscard]] UpwardSignals signals_of(const SouthInput& input) const {
    UpwardSignals signals{input.start, input.swap, input.load_valid, input.data_bytes,
                          input.load_bytes};
    signals.data.resize(shape_.alpha);
    signals.load.resize(shape_.alpha);
    if (shape_.kind == CellKind::kParallel) return signals;
    for (std::size_t k = 0; k < shape_.alpha; ++k) {
      signals.data[k] = input.data >> k & 1U;
      signals.load[k] = input.load >> k & 1U;
    }
    return signals;
  }

  std::size_t rows_;
  std::size_t columns_;
  CellShape shape_;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> east_;
};

}  // namespace

std::unique_ptr<SystolicArray> make_plain_array(const ArrayConfig& config) {
  return std::make_unique<PlainArray>(config);
}

}  // namespace colcomb::simulation
