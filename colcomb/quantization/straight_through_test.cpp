#include "colcomb/quantization/straight_through.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/base/random.hpp"
#include "colcomb/quantization/biases.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/steps.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/tiny_network.hpp"

namespace colcomb::quantization {
namespace {

class RandomNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetworks, WholeLayersAreTheIntegersOfQuantize) {
  Random random(GetParam());
  const FloatNetwork network = tests::random_float_network(random);
  for (const QuantizeOptions options :
       {QuantizeOptions{0},
        QuantizeOptions{tests::pooling_bits(network, 3), WeightCode::kPowerOfTwo},
        QuantizeOptions{0, WeightCode::kInt8, WeightScales::kChannel}}) {
    const QuantizedNetwork integers = quantize(network, options);
    const auto whole = integer_layers(network, options);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const QuantizedLayer& layer = integers.layer(i);
      const bool linear = network.is_classifier(i);
      const auto weights = unpack(layer.weights);
      EXPECT_EQ(whole[i].fraction_bits, layer.fraction_bits);
      for (std::size_t n = 0; n < weights.rows(); ++n) {
        const std::uint32_t f = layer.row_fraction_bits(n);
        const float unit = std::ldexp(1.0F, static_cast<int>(f - layer.fraction_bits));
        for (std::size_t m = 0; m < weights.cols(); ++m)
          EXPECT_EQ(whole[i].weights(n, m) * unit, weights(n, m)) << "layer " << i << " row " << n;
        const std::int32_t constant = linear ? 0 : rounding_constant(f);
        EXPECT_EQ(whole[i].bias[n] * unit, static_cast<float>(layer.bias[n] - constant));
      }
      EXPECT_TRUE(std::equal(whole[i].padding.begin(), whole[i].padding.end(),
                             layer.padding.begin(), layer.padding.end()));
    }
  }
}

/// sum(directions * folded numbers in whole units), which rounding would only make uneven.
double weighed(const FloatNetwork& network, std::size_t i, const IntegerLayer& whole,
               const IntegerGradient& directions) {
  const FoldedLayer folded = fold(network)[i];
  double sum = 0;
  for (std::size_t k = 0; k < folded.weights.size(); ++k) {
    sum += directions.weights.values()[k] * folded.weights.values()[k] *
           std::ldexp(1.0, static_cast<int>(whole.fraction_bits));
  }
  for (std::size_t n = 0; n < folded.bias.size(); ++n)
    sum += directions.bias[n] * folded.bias[n] / whole.bias_step;
  return sum;
}

TEST_P(RandomNetworks, UnfoldedGradientsAreFiniteDifferences) {
  Random random(GetParam());
  FloatNetwork network = tests::random_float_network(random);
  const QuantizeOptions options{2};
  const auto whole = integer_layers(network, options);
  const auto uniform = [&] { return static_cast<float>(2 * random.uniform() - 1); };
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (network.description.layer(i).fixed) continue;
    IntegerGradient directions{Matrix<float>(whole[i].weights.rows(), whole[i].weights.cols()), {}};
    for (float& d : directions.weights.values()) d = uniform();
    for (std::size_t n = 0; n < whole[i].bias.size(); ++n) directions.bias.push_back(uniform());
    const StoredGradient gradient = unfold(network, i, whole[i], directions);
    const auto expect = [&](float& number, float actual, const char* what) {
      // The folded numbers are linear in each stored one, so a large step is exact.
      const float kept = number;
      const double before = weighed(network, i, whole[i], directions);
      number = kept + 1;
      const double after = weighed(network, i, whole[i], directions);
      number = kept;
      EXPECT_NEAR(actual, after - before, 1e-4 * (1 + std::abs(before) + std::abs(after)))
          << what << " of layer " << i;
    };
    FloatLayer& layer = network.layer(i);
    for (std::size_t k = 0; k < layer.weights.size(); ++k)
      expect(layer.weights.values()[k], gradient.weights.values()[k], "a weight");
    for (std::size_t n = 0; n < whole[i].bias.size(); ++n) {
      if (layer.batch_norm) {
        expect(layer.batch_norm->weight[n], gradient.norm_weight[n], "a batch norm's weight");
        expect(layer.batch_norm->bias[n], gradient.norm_bias[n], "a batch norm's bias");
      } else {
        expect(layer.bias[n], gradient.bias[n], "a bias");
      }
    }
  }
}

// Its scale, 1, is that of the other row's weight: 0.5 / 0.25 times smaller than its norm's.
TEST(Unfold, ALimitedRowKeepsItsScale) {
  FloatNetwork network = tests::tiny_network();
  LayerDescription& layer = network.description.layer(0);
  layer.out_channels = network.description.layer(1).in_channels = 2;
  network.description.layer(1).columns = convolution_columns(2, 1);
  network.layer(0).weights = Matrix<float>(2, 1, {0.5F, 0.25F});
  network.layer(0).batch_norm = BatchNorm{{1, 2}, {0, 0}, {0, 0.5F}, {0.99999F, 0}};
  network.layer(1).weights = Matrix<float>(2, 2, 0.5F);
  validate(network, "test");
  const auto whole = integer_layers(network, {});
  const IntegerGradient directions{Matrix<float>(2, 1, {1, 1}), {1, 1}};
  const StoredGradient gradient = unfold(network, 0, whole[0], directions);
  EXPECT_NE(gradient.norm_weight[0], 0);
  EXPECT_EQ(gradient.norm_weight[1], 0);
  EXPECT_NEAR(gradient.weights(1, 0), 2 * gradient.weights(0, 0), 1e-3);
  EXPECT_NEAR(gradient.norm_bias[1], gradient.norm_bias[0], 1e-6);
}

// A weight w and the norm's weight g act through their product w * g / sqrt(variance + epsilon)
// alone, so g * d/dg = w * d/dw, whatever the variance is; both sides use the one epsilon.
TEST(Unfold, TheNormsWeightSeesTheEpsilonThatFoldingUses) {
  FloatNetwork network = tests::tiny_network();
  network.layer(0).weights(0, 0) = 0.01F;
  network.layer(0).batch_norm = BatchNorm{{2}, {1}, {0}, {1e-5F}};
  validate(network, "test");
  const auto whole = integer_layers(network, {});
  const IntegerGradient directions{Matrix<float>(1, 1, 1), {1}};
  const StoredGradient gradient = unfold(network, 0, whole[0], directions);
  EXPECT_NE(gradient.norm_weight[0], 0);
  EXPECT_NEAR(2 * gradient.norm_weight[0] / (0.01 * gradient.weights(0, 0)), 1, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace colcomb::quantization
