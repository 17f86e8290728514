#include "colcomb/quantization/steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::quantization {

std::optional<std::uint32_t> fraction_bits(double max_magnitude) {
  COLCOMB_CHECK(std::isfinite(max_magnitude) && max_magnitude >= 0, "no magnitude");
  if (max_magnitude == 0) return kFractionBitsOfZeroLayer;
  int exponent = 0;
  const double mantissa = std::frexp(max_magnitude, &exponent);  // in [0.5, 1)
  const int ceil_log2 = mantissa == 0.5 ? exponent - 1 : exponent;
  const int bits = 7 - ceil_log2;
  if (bits < 0) return std::nullopt;
  return std::min(static_cast<std::uint32_t>(bits), kMaxFractionBits);
}

std::optional<std::uint32_t> unsaturated_fraction_bits(std::span<const double> weights) {
  double largest = 0;
  double least = 0;
  for (const double weight : weights) {
    largest = std::max(largest, weight);
    least = std::min(least, weight);
  }
  const auto bits = fraction_bits(std::max(largest, -least));
  if (!bits || *bits == 0) return bits;
  return round_half_up(std::ldexp(largest, static_cast<int>(*bits))) > 127 ? *bits - 1 : *bits;
}

double round_half_up(double value) {
  return std::floor(value + 0.5);
}

std::int8_t quantize_weight(double weight, std::uint32_t f) {
  const double scaled = round_half_up(std::ldexp(weight, static_cast<int>(f)));
  return static_cast<std::int8_t>(std::clamp(scaled, -128.0, 127.0));
}

double accumulator_scale(std::uint32_t f) {
  return std::ldexp(kActivationScale, -static_cast<int>(f));
}

double logit_step(std::uint32_t f, std::uint32_t pooling_fraction_bits) {
  return accumulator_scale(f + pooling_fraction_bits);
}

std::int32_t rounding_constant(std::uint32_t f) {
  COLCOMB_CHECK(f <= kMaxFractionBits, "fraction bits out of range");
  return f == 0 ? 0 : std::int32_t{1} << (f - 1);
}

std::optional<std::int32_t> quantize_bias(double bias, double step, std::int32_t constant) {
  const double sum = round_half_up(bias / step) + constant;
  constexpr double kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  if (!(sum >= kLeast && sum <= kMost)) return std::nullopt;
  return static_cast<std::int32_t>(sum);
}

}  // namespace colcomb::quantization
