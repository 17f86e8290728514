// The integer network against the float network it came from.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/pooling.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/float_forward.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kStep = 6.0 / 256;

/// A random network whose folded weights and biases are all exact in integers: biases in place of
/// batch norm, a mean that is a pixel, a std that makes a pixel one activation step, weights that
/// are multiples of the weight step and biases that are multiples of the accumulator's.
/// Without global pooling `pooling_fraction_bits` becomes 0.
FloatNetwork representable_network(Random& random, std::uint32_t& pooling_fraction_bits) {
  FloatNetwork network = tests::random_float_network(random);
  pooling_fraction_bits = tests::pooling_bits(network, pooling_fraction_bits);
  InputDescription& input = network.description.input;
  for (std::size_t c = 0; c < input.channels; ++c) {
    input.mean[c] = static_cast<double>(random.below(256)) / 255;
    input.std[c] = 1 / (255 * kStep);
  }
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    FloatLayer& layer = network.layer(i);
    const bool linear = i + 1 == network.layer_count();
    const auto f = static_cast<int>(tests::between(random, 3, 9));
    for (float& weight : layer.weights.values()) {
      const int magnitude = static_cast<int>(random.below(191)) - 95;
      weight = std::ldexp(static_cast<float>(magnitude), -f);
    }
    // One weight between 64 and 128 steps fixes f; it must be one that the mask leaves.
    std::size_t place = 0;
    while (!layer.mask.empty() && place < layer.mask.size() && layer.mask.values()[place] == 0)
      ++place;
    if (place < layer.weights.size())
      layer.weights.values()[place] = std::ldexp(101.0F, -f);
    else
      layer.weights = Matrix<float>(layer.weights.rows(), layer.weights.cols());
    const int bits = place < layer.weights.size() ? f : 7;
    const auto bias = [&] {
      const int units = static_cast<int>(random.below(256U << bits)) - (64 << bits);
      return std::ldexp(3.0F * static_cast<float>(units),
                        -7 - bits - (linear ? static_cast<int>(pooling_fraction_bits) : 0));
    };
    network.description.layer(i).batch_norm = false;
    layer.batch_norm.reset();
    layer.bias.resize(layer.weights.rows());
    for (float& value : layer.bias) value = bias();
  }
  return network;
}

TEST(Accuracy, ExactlyRepresentableNetworkLosesNothing) {
  std::size_t unclamped = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    auto pooling_fraction_bits = static_cast<std::uint32_t>(random.below(5));
    const FloatNetwork network = representable_network(random, pooling_fraction_bits);
    const QuantizedNetwork quantized = quantize(network, {pooling_fraction_bits});
    const auto image = tests::random_image(random, network.description.input);
    const semantics::Trace trace = semantics::run_traced(quantized, image);
    // The same network in doubles, its activations rounded to 8 bits and nothing else.
    const auto expected = tests::float_forward(network, image, {true, pooling_fraction_bits});
    for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
      for (std::size_t p = 0; p < expected.outputs[i].values.size(); ++p) {
        const std::uint8_t value = trace.outputs[i].values[p];
        ASSERT_EQ(value * kStep, expected.outputs[i].values[p])
            << "seed " << seed << ", layer " << i << ", place " << p;
        unclamped += value > 0 && value < 255 ? 1 : 0;
      }
    }
    const double step = colcomb::logit_scale(quantized);
    for (std::size_t n = 0; n < expected.logits.size(); ++n) {
      ASSERT_NEAR(trace.logits[n] * step, expected.logits[n], 1e-9)
          << "seed " << seed << ", class " << n;
    }
  }
  EXPECT_GT(unclamped, 5000U);
}

/// Most that a quantized logit can differ from the float one. Through a layer, with w the folded
/// and v the quantized weights, e the bound on an input's error and a <= 6 its true value,
///   |sum v b - sum w a| <= sum |v| e + sum |v - w| a,
/// to which come half a step of the bias, half a step of the output's rounding and of a window's
/// mean, the residual's error, and one step because integers saturate at 255 steps and ReLU6 at
/// 256.
class ErrorBound {
 public:
  ErrorBound(const FloatNetwork& network, const QuantizedNetwork& quantized)
      : folded_(fold(network)), quantized_(quantized) {}

  std::vector<double> logits() const {
    const NetworkDescription& layers = quantized_.description;
    // Pixels are exact; only the padding is off, by at most half a pixel.
    std::vector<double> error(layers.hidden[0].in_channels, kStep / 2);
    std::vector<std::vector<double>> outputs;
    for (std::size_t i = 0; i < layers.layer_count(); ++i) {
      const bool linear = i == layers.hidden.size();
      const double pool_step =
          std::ldexp(kStep, -static_cast<int>(quantized_.pooling.fraction_bits));
      if (linear) {
        // Rounding of the pooled value; no saturation, see the test.
        for (double& e : error) e += pool_step / 2;
      }
      error = through(i, error, linear ? pool_step : kStep);
      if (linear) return error;
      for (std::size_t n = 0; n < error.size(); ++n) {
        const auto& residual = layers.hidden[i].residual;
        if (residual && n < outputs[*residual].size()) error[n] += outputs[*residual][n];
        error[n] += kStep / 2 + kStep;
        // Maxima and means bring errors no further apart; the mean is rounded.
        if (layers.hidden[i].pooling) error[n] += kStep / 2;
      }
      outputs.push_back(error);
    }
    return error;
  }

 private:
  std::vector<double> through(std::size_t i, const std::vector<double>& error,
                              double input_step) const {
    const LayerDescription& description = quantized_.description.layer(i);
    const QuantizedLayer& layer = quantized_.layer(i);
    const Matrix<std::int8_t> integers = unpack(layer.weights);
    const double unit = std::ldexp(1.0, -static_cast<int>(layer.fraction_bits));
    std::vector<double> result(integers.rows(), unit * input_step / 2);
    for (std::size_t n = 0; n < integers.rows(); ++n) {
      for (std::size_t m = 0; m < integers.cols(); ++m) {
        const double v = integers(n, m) * unit;
        result[n] += std::abs(v) * error[static_cast<std::size_t>(description.columns[m].channel)] +
                     std::abs(v - folded_[i].weights(n, m)) * 6.0;
      }
    }
    return result;
  }

  std::vector<FoldedLayer> folded_;
  const QuantizedNetwork& quantized_;
};

TEST(Accuracy, RandomNetworksStayCloseToFloat) {
  double signal = 0;
  double noise = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    const auto image = tests::random_image(random, network.description.input);
    // Calibrated on the image itself, so that no pooled value saturates.
    const std::uint32_t k =
        calibrate_pooling_fraction_bits(network, image, {.saturated_fraction = 0});
    const QuantizedNetwork quantized = quantize(network, {k});
    const auto expected = tests::float_forward(network, image).logits;
    const auto logits = semantics::run(quantized, image);
    const auto bound = ErrorBound(network, quantized).logits();
    for (std::size_t n = 0; n < expected.size(); ++n) {
      const double error = logits[n] * colcomb::logit_scale(quantized) - expected[n];
      EXPECT_LE(std::abs(error), bound[n]) << "seed " << seed << ", class " << n;
      signal += expected[n] * expected[n];
      noise += error * error;
    }
  }
  // A layer's weights have at least 64 steps in their largest magnitude and about a third of that
  // in root mean square, against 1 / sqrt(12) steps of noise: 37 dB; activations around 1.5, or 64
  // steps, give 47 dB. Five layers in a row leave about 30 dB; 5 dB are spared for odd shapes.
  EXPECT_GT(10 * std::log10(signal / noise), 25);
}

}  // namespace
}  // namespace colcomb::quantization
