#include "colcomb/simulation/exact/parallel_array.hpp"

#include <algorithm>

#include "colcomb/simulation/exact/cell.hpp"

namespace colcomb::simulation {
namespace {

/// Column by column, from the right and from the top: each cell then reads neighbours that have not
/// moved yet.
class ParallelArray : public SystolicArray {
 public:
  explicit ParallelArray(const ArrayConfig& config)
      : shape_(shape_of(config)),
        rows_(config.rows),
        columns_(config.columns),
        cells_(rows_ * columns_),
        data_(rows_ * columns_ * shape_.alpha),
        load_(data_.size()),
        east_(rows_) {}

  void step(std::span<const SouthInput> south, std::span<const std::uint32_t> west) override {
    for (std::size_t c = columns_; c-- > 0;) {
      for (std::size_t r = rows_; r-- > 0;) {
        const std::size_t i = c * rows_ + r;
        const std::uint32_t acc_in = c > 0 ? cells_[i - rows_].acc : west[r];
        if (r > 0) {
          take(i - 1, i);
        } else {
          take(south[c], i);
        }
        step_cell(i, acc_in);
      }
    }
    for (std::size_t r = 0; r < rows_; ++r) east_[r] = cells_[(columns_ - 1) * rows_ + r].acc;
  }

  [[nodiscard]] std::span<const std::uint32_t> east() const override { return east_; }

 private:
  struct One {
    std::uint32_t acc = 0;
    std::uint32_t shadow = 0;
    std::size_t beats = 0;
    CellWeight weight;
    bool start = false;
    bool swap = false;
    bool load_valid = false;
  };

  [[nodiscard]] std::uint8_t* lines(std::vector<std::uint8_t>& values, std::size_t i) const {
    return values.data() + i * shape_.alpha;
  }

  void take(std::size_t from, std::size_t to) {
    cells_[to].start = cells_[from].start;
    cells_[to].swap = cells_[from].swap;
    cells_[to].load_valid = cells_[from].load_valid;
    std::copy_n(lines(data_, from), shape_.alpha, lines(data_, to));
    std::copy_n(lines(load_, from), shape_.alpha, lines(load_, to));
  }

  void take(const SouthInput& input, std::size_t to) {
    cells_[to].start = input.start;
    cells_[to].swap = input.swap;
    cells_[to].load_valid = input.load_valid;
    std::fill_n(lines(data_, to), shape_.alpha, std::uint8_t{0});
    std::fill_n(lines(load_, to), shape_.alpha, std::uint8_t{0});
    std::ranges::copy(input.data_bytes, lines(data_, to));
    std::ranges::copy(input.load_bytes, lines(load_, to));
  }

  /// The cell's registers hold what it saw; its outputs follow from that.
  void step_cell(std::size_t i, std::uint32_t acc_in) {
    One& one = cells_[i];
    one.acc = acc_in;
    if (one.start && one.weight.select < shape_.alpha) {
      const int product =
          static_cast<std::int8_t>(one.weight.magnitude) * int{lines(data_, i)[one.weight.select]};
      one.acc += static_cast<std::uint32_t>(product);
    }
    if (one.swap && shape_.double_buffering)
      one.weight = weight_of(one.shadow, CellKind::kParallel);
    if (one.load_valid && one.beats < shape_.load_beats) keep_beat(one, i);
    if (one.swap) one.beats = 0;
  }

  void keep_beat(One& one, std::size_t i) {
    std::uint8_t* beat_lines = lines(shape_.double_buffering ? load_ : data_, i);
    one.shadow = with_beat(shape_, one.shadow, one.beats, beat_lines);
    ++one.beats;
    one.load_valid = false;
    std::fill_n(beat_lines, shape_.alpha, std::uint8_t{0});
    if (!shape_.double_buffering) one.weight = weight_of(one.shadow, CellKind::kParallel);
  }

  CellShape shape_;
  std::size_t rows_;
  std::size_t columns_;
  std::vector<One> cells_;
  std::vector<std::uint8_t> data_;  // registered, per cell and line
  std::vector<std::uint8_t> load_;
  std::vector<std::uint32_t> east_;
};

}  // namespace

std::unique_ptr<SystolicArray> make_parallel_array(const ArrayConfig& config) {
  return std::make_unique<ParallelArray>(config);
}

}  // namespace colcomb::simulation
