#include "colcomb/quantization/row_exponents.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {
namespace {

/// What decides a row's exponent.
struct Row {
  std::span<const double> weights;  // folded
  double bias = 0;                  // folded
  bool residual = false;            // a residual source is added to it
};

/// The largest exponent at which the row's largest weight still fits signed 8 bits.
std::uint32_t largest_fitting(const Row& row, std::uint32_t f) {
  double largest = 0;
  for (const double weight : row.weights) largest = std::max(largest, std::abs(weight));
  return largest == 0 ? 0 : fraction_bits(largest).value_or(f) - f;
}

/// Of the exponents up to `most` the one with the least sum of squared errors.
std::uint32_t least_error(const Row& row, std::uint32_t f, std::uint32_t most, WeightCode code) {
  std::uint32_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t k = 0; k <= most; ++k) {
    const int bits = static_cast<int>(f + k);
    double sum = 0;
    for (const double weight : row.weights) {
      const double error = std::ldexp(quantize_weight(weight, f + k, code), -bits) - weight;
      sum += error * error;
    }
    if (sum >= least) continue;
    least = sum;
    best = k;
  }
  return best;
}

/// Whether no accumulation of the row can leave 32 bits, whatever its inputs.
bool never_wraps(const Row& row, std::uint32_t f, WeightCode code) {
  constexpr std::int64_t kLargest = 255;  // input
  const auto bias = quantize_bias(row.bias, accumulator_scale(f), rounding_constant(f));
  if (!bias) return false;
  std::int64_t bound = std::abs(std::int64_t{*bias}) + (row.residual ? kLargest << f : 0);
  for (const double weight : row.weights)
    bound += kLargest * std::abs(int{quantize_weight(weight, f, code)});
  return bound <= std::numeric_limits<std::int32_t>::max();
}

std::uint32_t exponent(const Row& row, std::uint32_t f, WeightCode code) {
  const std::uint32_t most = std::min(kMaxRowExponent, kMaxFractionBits - f);
  std::uint32_t k = code == WeightCode::kInt8 ? std::min(most, largest_fitting(row, f))
                                              : least_error(row, f, most, code);
  while (k > 0 && !never_wraps(row, f + k, code)) --k;
  return k;
}

/// Channels of the layer's residual source; 0 without one.
std::size_t residual_channels(const NetworkDescription& network, const LayerDescription& layer) {
  return layer.residual ? network.hidden[*layer.residual].out_channels : 0;
}

}  // namespace

RoundedWeights round_layer(const FoldedLayer& folded, const NetworkDescription& network,
                           std::size_t index, const QuantizeOptions& options) {
  const LayerDescription& layer = network.layer(index);
  RoundedWeights rounded = round_weights(folded.weights, layer, options.weights);
  if (options.scales == WeightScales::kLayer || layer.fixed || network.is_classifier(index))
    return rounded;
  const std::size_t added = residual_channels(network, layer);
  std::vector<std::uint8_t> exponents(folded.weights.rows(), 0);
  for (std::size_t n = 0; n < exponents.size(); ++n) {
    const Row row{folded.weights.row(n), folded.bias[n], n < added};
    const std::uint32_t k = exponent(row, rounded.fraction_bits, rounded.code);
    exponents[n] = static_cast<std::uint8_t>(k);
    for (std::size_t m = 0; k > 0 && m < folded.weights.cols(); ++m) {
      rounded.values(n, m) =
          quantize_weight(folded.weights(n, m), rounded.fraction_bits + k, rounded.code);
    }
  }
  if (std::ranges::any_of(exponents, [](auto k) { return k != 0; }))
    rounded.row_exponents = std::move(exponents);
  return rounded;
}

}  // namespace colcomb::quantization
