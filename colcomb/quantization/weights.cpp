#include "colcomb/quantization/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {
namespace {

double largest_magnitude(const Matrix<double>& weights, const std::string& layer) {
  double most = 0;
  for (const double weight : weights.values()) {
    if (!std::isfinite(weight))
      throw file_error(layer, "folded weight", fmt::to_string(weight), "must be finite");
    most = std::max(most, std::abs(weight));
  }
  return most;
}

}  // namespace

RoundedWeights round_weights(const Matrix<double>& weights, const std::string& layer) {
  const double most = largest_magnitude(weights, layer);
  const auto f = fraction_bits(most);
  if (!f) {
    throw file_error(layer, "largest folded weight", fmt::to_string(most),
                     "must be at most 128 in magnitude to fit signed 8 bits");
  }
  RoundedWeights rounded{Matrix<std::int8_t>(weights.rows(), weights.cols()), *f};
  for (std::size_t i = 0; i < weights.size(); ++i)
    rounded.values.values()[i] = quantize_weight(weights.values()[i], *f);
  return rounded;
}

}  // namespace colcomb::quantization
