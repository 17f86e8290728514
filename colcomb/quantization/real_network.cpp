#include "colcomb/quantization/real_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/quantization/integer_network.hpp"
#include "colcomb/quantization/steps.hpp"
#include "colcomb/quantization/weights.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kRelu6 = 6 / kActivationStep;
constexpr double kLargestByte = 255;

/// Padding of layer 0 before it is rounded to a pixel: the mean, where training pads with
/// normalized zeros.
std::vector<double> mean_pixels(const InputDescription& input) {
  std::vector<double> padding;
  const std::size_t copies = input.reshape_stride * input.reshape_stride;
  for (const double mean : input.mean) padding.insert(padding.end(), copies, kLargestByte * mean);
  return padding;
}

RealMap to_real(const Map& map) {
  return {map.channels, map.height, map.width, {map.values.begin(), map.values.end()}};
}

/// What a column delivers for every output pixel.
void gather(const RealMap& input, const Column& column, const LayerDescription& layer,
            double padding, std::span<double> plane) {
  const auto source = input.plane(static_cast<std::size_t>(column.channel));
  const std::size_t width = layer.out_width();
  for (std::size_t y = 0; y < layer.out_height(); ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const auto from_y = static_cast<std::ptrdiff_t>(y * layer.stride) + column.dy;
      const auto from_x = static_cast<std::ptrdiff_t>(x * layer.stride) + column.dx;
      const bool inside = from_y >= 0 && from_y < static_cast<std::ptrdiff_t>(input.height) &&
                          from_x >= 0 && from_x < static_cast<std::ptrdiff_t>(input.width);
      plane[y * width + x] = inside ? source[static_cast<std::size_t>(from_y) * input.width +
                                             static_cast<std::size_t>(from_x)]
                                    : padding;
    }
  }
}

}  // namespace

RealNetwork::Constants::Constants(const Matrix<double>& weights, std::vector<double> biases,
                                  std::vector<double> paddings)
    : rows(weights.rows()),
      reads(weights.cols()),
      bias(std::move(biases)),
      padding(std::move(paddings)) {
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    for (std::size_t m = 0; m < weights.cols(); ++m) {
      if (weights(n, m) == 0) continue;
      rows[n].push_back({m, weights(n, m)});
      reads[m] = true;
    }
  }
}

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
  const int bias_bits = static_cast<int>(f + (logits ? options.pool_bits : 0));
  for (const double bias : folded.bias) {
    real_bias.push_back(bias / kActivationStep);
    rounded_bias.push_back(
        std::ldexp(round_half_up(bias / std::ldexp(kActivationStep, -bias_bits)), -bias_bits));
  }
  const std::vector<double> rounded_padding(folded.padding.begin(), folded.padding.end());
  return {Constants(folded.weights, std::move(real_bias),
                    index == 0 ? mean_pixels(network.input) : rounded_padding),
          Constants(weights, std::move(rounded_bias), rounded_padding), f,
          description.residual ? residual_stride(network, index) : 1};
}

RealNetwork::RealNetwork(const FloatNetwork& network, const QuantizeOptions& options)
    : description_(network.description), pool_bits_(options.pool_bits) {
  const std::vector<FoldedLayer> folded = fold(network);
  for (std::size_t i = 0; i < folded.size(); ++i)
    layers_.push_back(make_layer(description_, i, folded[i], options));
}

Matrix<double> RealNetwork::rounded_weights(std::size_t layer) const {
  const Layer& source = layers_[layer];
  Matrix<double> weights(source.rounded.rows.size(), source.rounded.reads.size());
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    for (const Weight& weight : source.rounded.rows[n])
      weights(n, weight.column) = std::ldexp(weight.value, static_cast<int>(source.fraction_bits));
  }
  return weights;
}

RealMap RealNetwork::accumulate(std::size_t layer, bool rounded, const RealMap& input) const {
  // Folding has layer 0 read a pixel p as p steps, which the reshaped image holds.
  const LayerDescription& description = description_.layer(layer);
  const Constants& constants = rounded ? layers_[layer].rounded : layers_[layer].real;
  RealMap sums{description.out_channels, description.out_height(), description.out_width(), {}};
  const std::size_t pixels = sums.pixels();
  std::vector<double> planes(description.columns.size() * pixels);
  for (std::size_t m = 0; m < description.columns.size(); ++m) {
    if (!constants.reads[m]) continue;
    const Column& column = description.columns[m];
    gather(input, column, description, constants.padding[static_cast<std::size_t>(column.channel)],
           std::span(planes).subspan(m * pixels, pixels));
  }
  sums.values.resize(sums.channels * pixels);
  for (std::size_t n = 0; n < sums.channels; ++n) {
    double* const sum = sums.values.data() + n * pixels;
    std::fill_n(sum, pixels, constants.bias[n]);
    for (const Weight& weight : constants.rows[n]) {
      const double* const plane = planes.data() + weight.column * pixels;
      for (std::size_t p = 0; p < pixels; ++p) sum[p] += weight.value * plane[p];
    }
  }
  return sums;
}

std::vector<double> RealNetwork::pool(const RealMap& map, bool rounded) const {
  std::vector<double> pooled;
  const auto pixels = static_cast<double>(map.pixels());
  for (std::size_t c = 0; c < map.channels; ++c) {
    double sum = 0;
    for (const double value : map.plane(c)) sum += value;
    const int k = static_cast<int>(pool_bits_);
    pooled.push_back(
        rounded ? std::ldexp(
                      std::clamp(round_half_up(std::ldexp(sum, k) / pixels), 0.0, kLargestByte), -k)
                : sum / pixels);
  }
  return pooled;
}

void RealNetwork::add_residual(std::size_t layer, const RealTrace& trace, RealMap& sums) const {
  const auto& source_layer = description_.layer(layer).residual;
  if (!source_layer) return;
  const RealMap& source = trace.outputs[*source_layer];
  const std::size_t stride = layers_[layer].residual_stride;
  for (std::size_t n = 0; n < source.channels; ++n) {
    for (std::size_t y = 0; y < sums.height; ++y) {
      for (std::size_t x = 0; x < sums.width; ++x) {
        sums.values[(n * sums.height + y) * sums.width + x] +=
            source.plane(n)[y * stride * source.width + x * stride];
      }
    }
  }
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
  const RealMap pixels = to_real(reshape_image(image, description_.input));
  const auto input_of = [&](std::size_t i) -> const RealMap& {
    return i == 0 ? pixels : trace.outputs[i - 1];
  };
  for (std::size_t i = first; i < linear; ++i) {
    RealMap sums = accumulate(i, rounded[i], input_of(i));
    add_residual(i, trace, sums);
    for (double& value : sums.values) {
      value = rounded[i] ? std::clamp(round_half_up(value), 0.0, kLargestByte)
                         : std::clamp(value, 0.0, kRelu6);
    }
    trace.outputs[i] = std::move(sums);
  }
  trace.pooled = pool(input_of(linear), rounded[linear]);
  const RealMap read{trace.pooled.size(), 1, 1, trace.pooled};
  trace.logits = accumulate(linear, rounded[linear], read).values;
}

}  // namespace colcomb::quantization
