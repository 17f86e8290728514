#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/serial_edge.hpp"

namespace colcomb::tests {

/// Wires into a bit-serial array that obey its one rule, the word interval, and else nothing: words
/// at irregular intervals, columns without stagger, bits on idle lines, swaps and beats at any
/// time.
class RandomStimulus {
 public:
  RandomStimulus(const simulation::ArrayShape& shape, std::uint64_t seed)
      : shape_(shape), random_(seed), since_start_(shape.columns, shape.interval) {}

  simulation::SerialEdge next() {
    simulation::SerialEdge edge(shape_);
    for (auto& line : edge.data) fill(line);
    for (auto& line : edge.load) fill(line);
    // Long stretches with and without loading, so that registers fill, keep and hand on.
    if (random_.below(40) == 0) loading_ = !loading_;
    const bool swaps = random_.below(12) == 0;
    for (std::size_t column = 0; column < shape_.columns; ++column) {
      if (since_start_[column] >= shape_.interval && random_.below(3) == 0) {
        edge.start.set(column);
        since_start_[column] = 0;
      }
      ++since_start_[column];
      if (loading_ && random_.below(3) != 0) edge.load_valid.set(column);
      if (swaps && random_.below(4) != 0) edge.swap.set(column);
    }
    for (auto& bit : edge.acc.values()) bit = static_cast<std::uint8_t>(random_.below(2));
    return edge;
  }

 private:
  void fill(simulation::BitRow& row) {
    for (std::size_t column = 0; column < shape_.columns; ++column)
      row.set(column, random_.below(2) != 0);
  }

  simulation::ArrayShape shape_;
  Random random_;
  std::vector<std::size_t> since_start_;
  bool loading_ = true;
};

}  // namespace colcomb::tests
