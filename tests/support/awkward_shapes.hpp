#pragma once

#include <array>
#include <cstddef>

namespace colcomb::tests {

struct Shape {
  std::size_t rows;
  std::size_t cols;
};

/// Shapes that break careless code: nothing, one, primes, one less and one more than a machine word
/// or a tile, long and flat, tall and thin.
inline constexpr std::array kAwkwardShapes = {
    Shape{0, 0},   Shape{0, 5},   Shape{5, 0},    Shape{1, 1},   Shape{1, 17},  Shape{17, 1},
    Shape{2, 3},   Shape{13, 7},  Shape{31, 33},  Shape{32, 32}, Shape{33, 31}, Shape{63, 65},
    Shape{64, 64}, Shape{65, 63}, Shape{127, 19}, Shape{3, 97},
};

}  // namespace colcomb::tests
