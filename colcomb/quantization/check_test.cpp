#include "colcomb/quantization/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/tiny_network.hpp"

namespace colcomb::quantization {
namespace {

using ::testing::HasSubstr;
using tests::tiny_network;

constexpr double kCheckedStep = 6.0 / 256;

// The worked example of docs/reference/quantization.md: outputs 57 and 23, pooled 80, logits 11525
// and -6485. In real numbers an output is 0.5 * (p / 255 - 0.5) / 0.25 + 0.75.
TEST(CheckQuantization, TinyNetworkByHand) {
  const QuantizeOptions options{1};
  const std::vector<std::uint8_t> image = {200, 100};
  const QuantizationCheck check =
      check_quantization(tiny_network(), quantize(tiny_network(), options), options, image, 1);
  EXPECT_EQ(check.images, 1U);
  EXPECT_EQ(check.agreeing, 1U);
  ASSERT_EQ(check.stages.size(), 3U);
  const double left = 2 * (200.0 / 255 - 0.5) + 0.75;   // 1.3186
  const double right = 2 * (100.0 / 255 - 0.5) + 0.75;  // 0.5343
  const StageCheck& conv = check.stages[0];
  EXPECT_EQ(conv.name, "conv0");
  EXPECT_EQ(conv.step, kCheckedStep);
  EXPECT_EQ(conv.values, 2U);
  EXPECT_EQ(conv.saturated, 0U);
  EXPECT_NEAR(conv.worst.real, left, 1e-8);
  EXPECT_EQ(conv.worst.integer, 57 * kCheckedStep);
  EXPECT_EQ(conv.worst.x, 0U);
  EXPECT_NEAR(conv.noise.signal, left * left + right * right, 1e-8);
  const double left_noise = 57 * kCheckedStep - left;
  const double right_noise = 23 * kCheckedStep - right;
  EXPECT_NEAR(conv.noise.noise, left_noise * left_noise + right_noise * right_noise, 1e-8);
  const double pooled = (left + right) / 2;
  EXPECT_EQ(check.stages[1].name, "pooling");
  EXPECT_EQ(check.stages[1].step, kCheckedStep / 2);
  EXPECT_NEAR(check.stages[1].worst.difference(), 80 * kCheckedStep / 2 - pooled, 1e-8);
  const StageCheck& linear = check.stages[2];
  EXPECT_EQ(linear.step, kCheckedStep / 256);
  EXPECT_EQ(linear.worst.channel, 1U);
  EXPECT_NEAR(linear.worst.real, -0.5 * pooled - 0.125, 1e-8);
  EXPECT_NEAR(linear.worst.integer, -6485 * kCheckedStep / 256, 1e-8);

  // conv0 alone: the linear layer reads the plain mean of 57 and 23 steps.
  const double mean = 40 * kCheckedStep;
  const double first = (mean + 0.125) - (pooled + 0.125);
  const double second = -0.5 * (mean - pooled);
  EXPECT_NEAR(check.sensitivity[0].only_logits.noise, first * first + second * second, 1e-8);
  EXPECT_EQ(check.noisiest_layer(), 0U);
}

TEST(CheckQuantization, CountsSaturation) {
  FloatNetwork network = tiny_network();
  network.layer(0).batch_norm->bias[0] = 5.5;  // 5.03 at pixel 100, 6.05 at 230
  const QuantizeOptions options{0};
  const auto check = check_quantization(network, quantize(network, options), options,
                                        std::vector<std::uint8_t>{100, 230, 230, 240}, 1);
  EXPECT_EQ(check.stages[0].values, 4U);
  EXPECT_EQ(check.stages[0].saturated, 3U);
  // ReLU6 goes on to 6 where the integers end at 255 steps; the first such pixel is named.
  EXPECT_EQ(check.stages[0].worst.real, 6);
  EXPECT_EQ(check.stages[0].worst.image, 0U);
  EXPECT_EQ(check.stages[0].worst.x, 1U);
  EXPECT_EQ(check.stages[0].worst.integer, 255 * kCheckedStep);
}

std::size_t top1(const RealTrace& trace) {
  return static_cast<std::size_t>(std::ranges::max_element(trace.logits) - trace.logits.begin());
}

// Each pass from the image on, where the check goes on from outputs it has.
TEST(CheckQuantization, SensitivityEqualsWholePasses) {
  std::uint64_t disagreements = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    const std::size_t layers = network.layer_count();
    std::vector<std::uint8_t> images;
    std::vector<std::vector<std::uint8_t>> each;
    for (int b = 0; b < 6; ++b) {
      each.push_back(tests::random_image(random, network.description.input));
      images.insert(images.end(), each.back().begin(), each.back().end());
    }
    const QuantizeOptions options{tests::pooling_bits(network, random.below(4))};
    const RealNetwork real(network, options);
    const QuantizedNetwork quantized = quantize(network, options);
    const QuantizationCheck check = check_quantization(network, quantized, options, images, 3);
    const auto agreeing = [&](const RoundedLayers& rounded) {
      return static_cast<std::uint64_t>(std::ranges::count_if(each, [&](const auto& image) {
        return top1(real.run(image, rounded)) ==
               top1(real.run(image, RoundedLayers(layers, false)));
      }));
    };
    EXPECT_EQ(check.agreeing, agreeing(RoundedLayers(layers, true)));
    for (std::size_t i = 0; i < layers; ++i) {
      RoundedLayers only(layers, false);
      only[i] = true;
      RoundedLayers all_but(layers, true);
      all_but[i] = false;
      RoundedLayers up_to(layers, false);
      std::fill_n(up_to.begin(), i + 1, true);
      EXPECT_EQ(check.sensitivity[i].only, agreeing(only)) << "seed " << seed << ", layer " << i;
      EXPECT_EQ(check.sensitivity[i].all_but, agreeing(all_but)) << "seed " << seed;
      EXPECT_EQ(check.sensitivity[i].up_to, agreeing(up_to)) << "seed " << seed;
      disagreements += 18 - agreeing(only) - agreeing(all_but) - agreeing(up_to);
    }
  }
  EXPECT_GT(disagreements, 5U);
}

// What the check says of the scales that were not used is what it says of them where they are.
TEST(CheckQuantization, ComparesScalesPerLayerAndPerChannel) {
  std::size_t gains = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    FloatNetwork network = tests::random_float_network(random);
    for (FloatLayer& layer : network.hidden) {
      // Rows of very different weights.
      for (std::size_t n = 0; layer.weights.rows() > 1 && n < layer.weights.rows(); n += 2) {
        for (float& weight : layer.weights.row(n)) weight /= 50;
      }
    }
    const auto image = tests::random_image(random, network.description.input);
    const auto checked = [&](WeightScales scales) {
      const QuantizeOptions options{0, WeightCode::kInt8, scales};
      return check_quantization(network, quantize(network, options), options, image, 1);
    };
    const QuantizationCheck layer = checked(WeightScales::kLayer);
    const QuantizationCheck channel = checked(WeightScales::kChannel);
    ASSERT_EQ(layer.scales.size(), network.hidden.size());
    EXPECT_EQ(layer.layer_scales.agreeing, layer.agreeing);
    EXPECT_EQ(layer.channel_scales.agreeing, channel.agreeing);
    EXPECT_EQ(layer.layer_scales.logits.noise, layer.stages.back().noise.noise);
    EXPECT_EQ(layer.channel_scales.logits.noise, channel.stages.back().noise.noise);
    for (std::size_t i = 0; i < layer.scales.size(); ++i) {
      const LayerScales& here = layer.scales[i];
      EXPECT_EQ(here.layer.only_logits.noise, layer.sensitivity[i].only_logits.noise);
      EXPECT_EQ(here.channel.only_logits.noise, channel.sensitivity[i].only_logits.noise);
      EXPECT_EQ(here.gain(), channel.scales[i].gain());
      EXPECT_LE(here.channel.weights.noise, here.layer.weights.noise);
      EXPECT_LE(here.channel.coarse_rows, here.layer.coarse_rows);
      EXPECT_LE(here.layer.coarse_rows, here.rows);
      gains += here.channel.coarse_rows < here.layer.coarse_rows ? 1U : 0U;
    }
  }
  EXPECT_GT(gains, 3U);
}

TEST(CheckQuantization, ThreadsChangeNothing) {
  Random random(4);
  const FloatNetwork network = tests::random_float_network(random);
  std::vector<std::uint8_t> images;
  for (int b = 0; b < 7; ++b) {
    const auto image = tests::random_image(random, network.description.input);
    images.insert(images.end(), image.begin(), image.end());
  }
  const QuantizedNetwork quantized = quantize(network, {1});
  const auto one = check_quantization(network, quantized, {1}, images, 1);
  const auto many = check_quantization(network, quantized, {1}, images, 5);
  for (std::size_t i = 0; i < one.stages.size(); ++i) {
    EXPECT_EQ(one.stages[i].noise.noise, many.stages[i].noise.noise);
    EXPECT_EQ(one.stages[i].worst.image, many.stages[i].worst.image);
  }
}

std::string refusal(const QuantizedNetwork& quantized) {
  try {
    (void)check_quantization(tiny_network(), quantized, {1}, std::vector<std::uint8_t>{200, 100},
                             1);
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(CheckQuantization, NamesTheFirstDifference) {
  const QuantizedNetwork right = quantize(tiny_network(), {1});
  QuantizedNetwork wrong = right;
  wrong.layer(1).weights.values(1, 0) = -63;
  EXPECT_THAT(refusal(wrong),
              HasSubstr("layer linear: weight at row 1, column 0 is '-63': must be the "
                        "fake-quantized -64"));
  wrong = right;
  wrong.layer(0).bias[0] -= 256;
  EXPECT_THAT(refusal(wrong), HasSubstr("image 0, layer conv0, row 0, y 0, x 0: integer 56, "
                                        "fake-quantized 57"));
  wrong = right;
  wrong.layer(1).bias[1] += 1;
  EXPECT_THAT(refusal(wrong),
              HasSubstr("image 0, layer linear, row 1: integer -6484, fake-quantized -6485"));
}

}  // namespace
}  // namespace colcomb::quantization
