#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "colcomb/base/matrix.hpp"
#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation {

/// Sends weights into the columns: L weight-load cycles for row 0, then for row 1, ...; column j
/// one clock behind column j - 1.
class WeightLoader {
 public:
  explicit WeightLoader(const ArrayShape& shape) : shape_(shape) {}

  /// The first weight-load cycle enters column 0 in clock `clock`. `codes`: r x C weight codes.
  void begin(std::uint64_t clock, Matrix<std::uint64_t> codes) {
    loads_.push_back({clock, std::move(codes)});
  }

  void compute(std::uint64_t clock, ArrayFront& front) {
    for (const auto& [first, codes] : loads_) {
      const std::size_t load_cycles = codes.rows() * shape_.load_clocks;
      for (std::size_t column = 0; column < shape_.columns && first + column <= clock; ++column) {
        const std::size_t load_cycle = clock - first - column;
        if (load_cycle >= load_cycles) continue;
        const std::uint64_t code = codes(load_cycle / shape_.load_clocks, column);
        const std::size_t low = load_cycle % shape_.load_clocks * shape_.load_lines();
        const std::uint64_t lines =
            shape_.load_lines() >= 64 ? ~0ULL : (1ULL << shape_.load_lines()) - 1;
        front.put_beat(column, (code >> low) & lines);
      }
    }
    while (!loads_.empty() && clock >= loads_.front().first +
                                           loads_.front().codes.rows() * shape_.load_clocks +
                                           shape_.columns)
      loads_.pop_front();
  }

 private:
  struct Load {
    std::uint64_t first;
    Matrix<std::uint64_t> codes;
  };

  const ArrayShape& shape_;
  std::deque<Load> loads_;
};

}  // namespace colcomb::simulation
