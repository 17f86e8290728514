#include "colcomb/quantization/real_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/quantization/steps.hpp"
#include "colcomb/quantization/weights.hpp"
#include "colcomb/semantics/pool_windows.hpp"
#include "colcomb/semantics/reshape.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kRelu6 = 6 / kActivationScale;
constexpr double kLargestByte = 255;

/// Padding of layer 0 before it is rounded to a pixel: the mean, where training pads with
/// normalized zeros.
std::vector<double> mean_pixels(const InputDescription& input) {
  std::vector<double> padding;
  const std::size_t copies = input.reshape_stride * input.reshape_stride;
  for (const double mean : input.mean) padding.insert(padding.end(), copies, kLargestByte * mean);
  return padding;
}

RealMap to_real(const semantics::Map& map) {
  return {map.channels, map.height, map.width, {map.values.begin(), map.values.end()}};
}

}  // namespace

RealNetwork::Layer RealNetwork::make_layer(const NetworkDescription& network, std::size_t index,
                                           const FoldedLayer& folded,
                                           const QuantizeOptions& options) {
  const LayerDescription& description = network.layer(index);
  const bool logits = network.is_classifier(index);
  const RoundedWeights integers = round_weights(folded.weights, description, options.weights);
  const std::uint32_t f = integers.fraction_bits;
  Matrix<double> weights(integers.values.rows(), integers.values.cols());
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights.values()[i] = std::ldexp(integers.values.values()[i], -static_cast<int>(f));
  std::vector<double> real_bias;
  std::vector<double> rounded_bias;
  const int bias_bits = static_cast<int>(f + (logits ? options.pooling_fraction_bits : 0));
  for (const double bias : folded.bias) {
    real_bias.push_back(bias / kActivationScale);
    rounded_bias.push_back(
        std::ldexp(round_half_up(bias / std::ldexp(kActivationScale, -bias_bits)), -bias_bits));
  }
  const std::vector<double> rounded_padding(folded.padding.begin(), folded.padding.end());
  return {{folded.weights, std::move(real_bias),
           index == 0 ? mean_pixels(network.input) : rounded_padding},
          {weights, std::move(rounded_bias), rounded_padding},
          f};
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
  for (double& weight : weights.values())
    weight = std::ldexp(weight, static_cast<int>(layers_[layer].fraction_bits));
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
