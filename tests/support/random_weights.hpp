#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Weights like a trained layer's: Student's t with 4 degrees of freedom (heavy tails), times a
/// log-normal scale per column (sigma 0.6) and per row (sigma 0.4).
inline Matrix<float> trained_like_weights(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random = Random::stream(seed, 0x77656967687473);
  std::vector<double> row_scale(rows);
  std::vector<double> col_scale(cols);
  for (double& scale : row_scale) scale = std::exp(0.4 * random.normal());
  for (double& scale : col_scale) scale = std::exp(0.6 * random.normal());
  Matrix<float> weights(rows, cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      double chi_squared = 0;
      for (int degree = 0; degree < 4; ++degree) {
        const double x = random.normal();
        chi_squared += x * x;
      }
      const double t = random.normal() / std::sqrt(chi_squared / 4);
      weights(r, c) = static_cast<float>(t * row_scale[r] * col_scale[c]);
    }
  }
  return weights;
}

/// Trained-like weights of which only the `density` largest share is left.
inline Matrix<float> sparse_weights(std::size_t rows, std::size_t cols, double density,
                                    std::uint64_t seed) {
  Matrix<float> weights = trained_like_weights(rows, cols, seed);
  std::vector<float> magnitudes;
  for (const float w : weights.values()) magnitudes.push_back(std::fabs(w));
  std::sort(magnitudes.begin(), magnitudes.end());
  const auto pruned =
      static_cast<std::size_t>(std::floor((1 - density) * static_cast<double>(magnitudes.size())));
  for (float& w : weights.values()) {
    if (pruned > 0 && std::fabs(w) <= magnitudes[pruned - 1]) w = 0.0F;
  }
  return weights;
}

/// Small whole numbers, many equal and many zero, with some columns all zero: ties everywhere.
inline Matrix<float> tied_weights(std::size_t rows, std::size_t cols, double density,
                                  std::uint64_t seed) {
  Random random = Random::stream(seed, 0x74696573);
  Matrix<float> weights(rows, cols);
  for (std::size_t c = 0; c < cols; ++c) {
    if (random.below(5) == 0) continue;
    for (std::size_t r = 0; r < rows; ++r) {
      if (random.uniform() >= density) continue;
      const auto magnitude = static_cast<float>(1 + random.below(3));
      weights(r, c) = random.below(2) == 0 ? magnitude : -magnitude;
    }
  }
  return weights;
}

}  // namespace colcomb::tests
