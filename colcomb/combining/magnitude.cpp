#include "colcomb/combining/magnitude.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "colcomb/base/error.hpp"

namespace colcomb::combining {
namespace {

void check_fraction(double fraction) {
  if (fraction >= 0 && fraction <= 1) return;
  throw UserError(UserError::Kind::kUsage,
                  {"magnitude pruning", "fraction", fmt::to_string(fraction), "must be in [0, 1]"});
}

/// Clears the `count` smallest weights that `mask` keeps. A selection in linear time finds the
/// largest pruned magnitude; of the weights that equal it, the first ones go.
void prune_smallest(const Matrix<float>& weights, Matrix<std::uint8_t>& mask, std::size_t count) {
  if (count == 0) return;
  const auto w = weights.values();
  const auto keep = mask.values();
  std::vector<float> magnitudes;
  magnitudes.reserve(w.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (keep[i]) magnitudes.push_back(std::fabs(w[i]));
  }
  const auto last = magnitudes.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(magnitudes.begin(), last, magnitudes.end());
  const float threshold = *last;
  const auto below =
      std::count_if(magnitudes.begin(), last, [&](float m) { return m < threshold; });
  std::size_t ties = count - static_cast<std::size_t>(below);
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (!keep[i]) continue;
    const float magnitude = std::fabs(w[i]);
    if (magnitude < threshold) {
      keep[i] = 0;
    } else if (magnitude == threshold && ties > 0) {
      keep[i] = 0;
      --ties;
    }
  }
}

}  // namespace

Matrix<std::uint8_t> magnitude_mask(const Matrix<float>& weights, double fraction) {
  return magnitude_mask_of_remaining(
      weights, Matrix<std::uint8_t>(weights.rows(), weights.cols(), std::uint8_t{1}), fraction);
}

Matrix<std::uint8_t> magnitude_mask_of_remaining(const Matrix<float>& weights,
                                                 const Matrix<std::uint8_t>& mask,
                                                 double fraction) {
  COLCOMB_CHECK(mask.rows() == weights.rows() && mask.cols() == weights.cols(),
                "mask and weights differ in shape");
  check_fraction(fraction);
  check_finite(weights);
  const auto kept = static_cast<double>(count_nonzeros(mask));
  Matrix<std::uint8_t> result = mask;
  prune_smallest(weights, result, static_cast<std::size_t>(std::floor(fraction * kept)));
  return result;
}

Matrix<float> masked(const Matrix<float>& weights, const Matrix<std::uint8_t>& mask) {
  COLCOMB_CHECK(mask.rows() == weights.rows() && mask.cols() == weights.cols(),
                "mask and weights differ in shape");
  Matrix<float> result = weights;
  const auto values = result.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!mask.values()[i]) values[i] = 0.0F;
  }
  return result;
}

Matrix<std::uint8_t> nonzero_mask(const Matrix<float>& weights) {
  Matrix<std::uint8_t> mask(weights.rows(), weights.cols());
  for (std::size_t k = 0; k < mask.size(); ++k)
    mask.values()[k] = weights.values()[k] != 0 ? std::uint8_t{1} : std::uint8_t{0};
  return mask;
}

double magnitude_of(const Matrix<float>& weights) {
  double sum = 0;
  for (const float w : weights.values()) sum += std::fabs(static_cast<double>(w));
  return sum;
}

void check_finite(const Matrix<float>& weights) {
  const auto values = weights.values();
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float w) { return !std::isfinite(w); });
  if (bad == values.end()) return;
  const auto position = static_cast<std::size_t>(bad - values.begin());
  throw UserError(UserError::Kind::kFailed,
                  {"filter matrix",
                   fmt::format("weight at row {}, column {}", position / weights.cols(),
                               position % weights.cols()),
                   fmt::to_string(*bad), "must be finite"});
}

}  // namespace colcomb::combining
