// Packs a small filter matrix with an installed colcomb and checks the result by hand.
#include <cstdio>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/combining/combine.hpp"
#include "colcomb/semantics/requantize.hpp"

int main() {
  // Columns 0 and 1 meet in no row, so they share a group; nothing is lost.
  const colcomb::Matrix<float> weights(2, 2, std::vector<float>{1.0F, 0.0F, 0.0F, -2.0F});
  colcomb::combining::CombineOptions options;
  options.grouping.alpha = 2;
  options.grouping.gamma = 0;
  const auto combined = colcomb::combining::combine_columns(weights, options);
  const auto packed = colcomb::pack(weights, combined.groups);
  std::printf("%zu group, retained %.2f\n", packed.groups.size(), combined.retained_magnitude);
  const bool right = packed.groups.size() == 1 && packed.values(0, 0) == 1.0F &&
                     packed.values(1, 0) == -2.0F &&
                     colcomb::semantics::requantize(5U << 6U, 6) == 5;
  return right ? 0 : 1;
}
