#include "colcomb/quantization/real_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/quantization/row_exponents.hpp"
#include "colcomb/quantization/steps.hpp"
#include "colcomb/semantics/pool_windows.hpp"
#include "colcomb/semantics/reshape.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kRelu6 = 6 / kActivationScale;
constexpr double kLargestByte = 255;

RealMap to_real(const semantics::Map& map) {
  return {map.channels, map.height, map.width, {map.values.begin(), map.values.end()}};
}

}  // namespace

RealNetwork::Layer RealNetwork::make_layer(const NetworkDescription& network, std::size_t index,
                                           const FoldedLayer& folded,
                                           const QuantizeOptions& options) {
  const bool logits = network.is_classifier(index);
  const RoundedWeights integers = round_layer(folded, network, index, options);
  Matrix<double> weights(integers.values.rows(), integers.values.cols());
  std::vector<double> real_bias;
  std::vector<double> rounded_bias;
  std::vector<int> fraction_bits;
  const int pooled_bits = logits ? static_cast<int>(options.pooling_fraction_bits) : 0;
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    const int f = static_cast<int>(integers.row_fraction_bits(n));
    fraction_bits.push_back(f);
    for (std::size_t m = 0; m < weights.cols(); ++m)
      weights(n, m) = std::ldexp(integers.values(n, m), -f);
    const double bias = folded.bias[n];
    const int bits = f + pooled_bits;
    real_bias.push_back(bias / kActivationScale);
    rounded_bias.push_back(
        std::ldexp(round_half_up(bias / std::ldexp(kActivationScale, -bits)), -bits));
  }
  const std::vector<double> rounded_padding(folded.padding.begin(), folded.padding.end());
  return {{folded.weights, std::move(real_bias),
           index == 0 ? mean_pixels(network.input) : rounded_padding},
          {weights, std::move(rounded_bias), rounded_padding},
          std::move(fraction_bits)};
}

RealNetwork::RealNetwork(const FloatNetwork& network, const QuantizeOptions& options)
    : description_(network.description), pooling_fraction_bits_(options.pooling_fraction_bits) {
  const std::vector<FoldedLayer> folded = fold(network);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    parts_.push_back(parts_of(description_, i));
    layers_.push_back(make_layer(description_, i, folded[i], options));
  }
}

Matrix<double> RealNetwork::rounded_weights(std::size_t layer) const {
  Matrix<double> weights = layers_[layer].rounded.weights();
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    for (double& weight : weights.row(n))
      weight = std::ldexp(weight, layers_[layer].fraction_bits[n]);
  }
  return weights;
}

RealMap RealNetwork::accumulate(std::size_t layer, bool rounded,
                                const std::vector<const RealMap*>& inputs) const {
  // Folding has layer 0 read a pixel p as p activation steps, which the reshaped image holds.
  return (rounded ? layers_[layer].rounded : layers_[layer].real).accumulate(parts_[layer], inputs);
}

double RealNetwork::activation(std::size_t layer, std::size_t row, bool rounded, double sum) const {
  const std::optional<ActivationTable>& table = description_.hidden[layer].activation;
  if (!rounded) return std::clamp(table ? value_at(*table, row, sum) : sum, 0.0, kRelu6);
  const double byte = std::clamp(round_half_up(sum), 0.0, kLargestByte);
  return table ? std::clamp(round_half_up(value_at(*table, row, byte)), 0.0, kLargestByte) : byte;
}

RealMap RealNetwork::pool_windows(std::size_t layer, bool rounded, RealMap activations) const {
  const auto& pooling = description_.hidden[layer].pooling;
  if (!pooling) return activations;
  RealMap output = semantics::pool_windows(activations, *pooling);
  if (rounded) std::ranges::transform(output.values, output.values.begin(), round_half_up);
  return output;
}

std::vector<double> RealNetwork::pool(const RealMap& map, bool rounded) const {
  std::vector<double> pooled;
  const auto pixels = static_cast<double>(map.pixels());
  for (std::size_t c = 0; c < map.channels; ++c) {
    double sum = 0;
    for (const double value : map.plane(c)) sum += value;
    const int k = static_cast<int>(pooling_fraction_bits_);
    pooled.push_back(
        rounded ? std::ldexp(
                      std::clamp(round_half_up(std::ldexp(sum, k) / pixels), 0.0, kLargestByte), -k)
                : sum / pixels);
  }
  return pooled;
}

RealTrace RealNetwork::run(std::span<const std::uint8_t> image,
                           const RoundedLayers& rounded) const {
  RealTrace trace;
  trace.outputs.resize(layers_.size() - 1);
  run_from(0, image, rounded, trace);
  return trace;
}

void RealNetwork::run_from(std::size_t first, std::span<const std::uint8_t> image,
                           const RoundedLayers& rounded, RealTrace& trace) const {
  COLCOMB_CHECK(first < layers_.size() && rounded.size() == layers_.size(), "a flag per layer");
  const std::size_t linear = layers_.size() - 1;
  const RealMap pixels = to_real(semantics::reshape_image(image, description_.input));
  const auto inputs_of = [&](std::size_t i) {
    std::vector<const RealMap*> inputs;
    for (const LayerPart& part : parts_[i])
      inputs.push_back(part.source ? &trace.outputs[*part.source] : &pixels);
    return inputs;
  };
  for (std::size_t i = first; i < linear; ++i) {
    RealMap sums = accumulate(i, rounded[i], inputs_of(i));
    semantics::add_residual(description_, i, trace.outputs, sums);
    for (std::size_t k = 0; k < sums.values.size(); ++k)
      sums.values[k] = activation(i, k / sums.pixels(), rounded[i], sums.values[k]);
    trace.outputs[i] = pool_windows(i, rounded[i], std::move(sums));
  }
  if (!description_.global_pooling) {
    trace.logits = accumulate(linear, rounded[linear], inputs_of(linear)).values;
    return;
  }
  trace.pooled = pool(trace.outputs.back(), rounded[linear]);
  const RealMap read{trace.pooled.size(), 1, 1, trace.pooled};
  trace.logits = accumulate(linear, rounded[linear], {&read}).values;
}

}  // namespace colcomb::quantization
