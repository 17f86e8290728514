#include "colcomb/quantization/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {
namespace {

/// Half way between 64 and 128.
constexpr double kLargestPowerOfTwo = 96;

double largest_magnitude(std::span<const double> weights) {
  double most = 0;
  for (const double weight : weights) most = std::max(most, std::abs(weight));
  return most;
}

std::int8_t nearest_power(double scaled) {
  const double magnitude = std::abs(scaled);
  int nearest = 0;
  double border = 0.5;  // between `nearest` and the next power
  for (int power = 1; power <= 1 << kMaxWeightExponent; power *= 2) {
    if (scaled > 0 ? magnitude < border : magnitude <= border) break;
    nearest = power;
    border = 1.5 * power;
  }
  return static_cast<std::int8_t>(scaled > 0 ? nearest : -nearest);
}

/// Sum of squared errors, given up at `most`.
double squared_error(std::span<const double> weights, std::uint32_t f, double most) {
  const int bits = static_cast<int>(f);
  double sum = 0;
  for (const double weight : weights) {
    const double error = std::ldexp(nearest_power(std::ldexp(weight, bits)), -bits) - weight;
    sum += error * error;
    if (sum > most) break;
  }
  return sum;
}

std::optional<std::uint32_t> power_of_two_bits(std::span<const double> weights, double largest) {
  if (largest > kLargestPowerOfTwo) return std::nullopt;
  if (largest == 0) return kFractionBitsOfZeroLayer;
  std::uint32_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t f = 0; f <= kMaxFractionBits; ++f) {
    const double error = squared_error(weights, f, least);
    if (error > least) continue;
    least = error;
    best = f;
  }
  return best;
}

}  // namespace

std::int8_t quantize_weight(double weight, std::uint32_t f, WeightCode code) {
  return code == WeightCode::kInt8 ? quantize_weight(weight, f)
                                   : nearest_power(std::ldexp(weight, static_cast<int>(f)));
}

std::optional<std::uint32_t> choose_fraction_bits(std::span<const double> weights,
                                                  WeightCode code) {
  const double largest = largest_magnitude(weights);
  return code == WeightCode::kInt8 ? fraction_bits(largest) : power_of_two_bits(weights, largest);
}

RoundedWeights round_weights(const Matrix<double>& weights, const LayerDescription& layer,
                             WeightCode code) {
  const std::string name = "layer " + layer.name;
  for (const double weight : weights.values()) {
    if (!std::isfinite(weight))
      throw file_error(name, "folded weight", fmt::to_string(weight), "must be finite");
  }
  if (layer.fixed) code = WeightCode::kInt8;
  const auto f = layer.fixed ? unsaturated_fraction_bits(weights.values())
                             : choose_fraction_bits(weights.values(), code);
  if (!f) {
    throw file_error(name, "largest folded weight",
                     fmt::to_string(largest_magnitude(weights.values())),
                     code == WeightCode::kInt8
                         ? "must be at most 128 in magnitude to fit signed 8 bits; batch norm with "
                           "hardly any variance makes such weights, and training on mends them; a "
                           "classifier's weights and biases may all be divided by one number"
                         : "must be at most 96 in magnitude to be near a power of two up to 64; "
                           "int8 weights may be up to 128");
  }
  RoundedWeights rounded{Matrix<std::int8_t>(weights.rows(), weights.cols()), *f, code, {}};
  for (std::size_t i = 0; i < weights.size(); ++i)
    rounded.values.values()[i] = quantize_weight(weights.values()[i], *f, code);
  return rounded;
}

}  // namespace colcomb::quantization
