#include "colcomb/quantization/row_exponents.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "colcomb/artifacts/quantized_network.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::quantization {
namespace {

using Exponents = std::vector<std::uint8_t>;

constexpr QuantizeOptions kChannel{0, WeightCode::kInt8, WeightScales::kChannel};

/// One pointwise layer of these rows, and a classifier.
NetworkDescription pointwise(std::size_t rows, std::size_t columns) {
  NetworkDescription network;
  network.input = {
      columns, 1, 1, std::vector<double>(columns, 0.5), std::vector<double>(columns, 0.25), 1};
  network.classes = 1;
  LayerDescription layer;
  layer.name = "x";
  layer.in_channels = columns;
  layer.out_channels = rows;
  layer.columns = convolution_columns(columns, 1);
  layer.in_height = layer.in_width = 1;
  layer.batch_norm = false;
  network.hidden = {layer};
  network.classifier = make_classifier(rows, 1);
  return network;
}

RoundedWeights rounded(const std::vector<double>& weights, const std::vector<double>& bias,
                       const QuantizeOptions& options = kChannel) {
  const std::size_t columns = weights.size() / bias.size();
  const FoldedLayer folded{Matrix<double>(bias.size(), columns, weights), bias,
                           std::vector<std::uint8_t>(columns, 0)};
  return round_layer(folded, pointwise(bias.size(), columns), 0, options);
}

TEST(RowExponents, AreTheLargestThatTheWeightsFit) {
  // f = 7 from the 1; the rows' largest times 2^(7 + k): 128, 64, 128, 127, 32.
  const RoundedWeights layer =
      rounded({1, 0.1, 0.5, -0.3, -0.25, 0, 127 / 512.0, 0.01, 1e-5, 0}, {0, 0, 0, 0, 0});
  EXPECT_EQ(layer.fraction_bits, 7U);
  // 1e-5 has the fraction bits 22 for itself; 14 are the most that k = 7 gives.
  EXPECT_EQ(layer.row_exponents, (Exponents{0, 1, 2, 2, 7}));
  EXPECT_EQ(layer.values, (Matrix<std::int8_t>(5, 2, {127, 13, 127, -77, -128, 0, 127, 5, 0, 0})));
}

TEST(RowExponents, StayWithin22FractionBits) {
  const double small = std::ldexp(1.0, -12);  // f = 19
  const RoundedWeights layer = rounded({small, small / 2, small / 1000}, {0, 0, 0});
  EXPECT_EQ(layer.fraction_bits, 19U);
  EXPECT_EQ(layer.row_exponents, (Exponents{0, 1, 3}));
}

TEST(RowExponents, AreNoneWhereTheyAllAre0) {
  EXPECT_EQ(rounded({1, 0.6, -0.7, 0}, {0, 0, 0, 0}).row_exponents, Exponents());
  EXPECT_EQ(rounded({1, 0.01}, {0, 0}, {}).row_exponents, Exponents());
}

TEST(RowExponents, AreNoneInFixedLayersAndTheClassifier) {
  const FoldedLayer folded{Matrix<double>(2, 1, {1, 0.01}), {0, 0}, {0}};
  NetworkDescription network = pointwise(2, 1);
  EXPECT_FALSE(round_layer(folded, network, 0, kChannel).row_exponents.empty());
  EXPECT_TRUE(round_layer(folded, network, 1, kChannel).row_exponents.empty());
  network.hidden.front().fixed = true;
  EXPECT_TRUE(round_layer(folded, network, 0, kChannel).row_exponents.empty());
}

TEST(RowExponents, OfPowersOfTwoHaveTheLeastError) {
  // f = 6: 64 units. 0.1 is 6.4 units, nearest 8; 12.8, nearest 16; 25.6, 32: the same value. At
  // k = 0 already as good as any.
  const QuantizeOptions pow2{0, WeightCode::kPowerOfTwo, WeightScales::kChannel};
  EXPECT_EQ(rounded({1, 0.1}, {0, 0}, pow2).row_exponents, Exponents());
  // 1/100 is 0.64 units, nearest 1; 1.28 at k = 1, nearest 1 of a half; 2.56, nearest 2 of 4ths.
  const RoundedWeights layer = rounded({1, 0.01}, {0, 0}, pow2);
  EXPECT_EQ(layer.row_exponents, (Exponents{0, 1}));
  EXPECT_EQ(layer.values(1, 0), 1);
}

// With 255 << (f + k) of a residual source and the bias, no row with an exponent leaves 32 bits,
// and the next exponent would, wherever it is less than the weights allow.
TEST(RowExponents, NeverLetARowWrap) {
  std::size_t limited = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    std::vector<FoldedLayer> folded = fold(network);
    for (std::size_t i = 0; i < network.hidden.size(); ++i) {
      const LayerDescription& description = network.description.hidden[i];
      if (description.fixed) continue;
      for (std::size_t n = 0; n < folded[i].bias.size(); ++n) {
        // Small rows with biases around the bound.
        for (double& weight : folded[i].weights.row(n)) weight /= n % 3 == 0 ? 1 : 200;
        folded[i].bias[n] *= std::ldexp(1.0, static_cast<int>(random.below(16)));
      }
      const RoundedWeights layer = round_layer(folded[i], network.description, i, kChannel);
      const std::size_t added =
          description.residual ? network.description.hidden[*description.residual].out_channels : 0;
      const auto bound = [&](std::size_t n, std::uint32_t f) {
        double sum =
            std::abs(std::floor(folded[i].bias[n] / (6.0 / 256) * std::ldexp(1.0, int(f)) + 0.5) +
                     std::ldexp(0.5, int(f)));
        for (const double weight : folded[i].weights.row(n)) {
          sum += 255 *
                 std::abs(std::clamp(std::floor(std::ldexp(weight, int(f)) + 0.5), -128.0, 127.0));
        }
        return sum + (n < added ? std::ldexp(255.0, int(f)) : 0);
      };
      for (std::size_t n = 0; n < layer.row_exponents.size(); ++n) {
        const std::uint32_t f = layer.row_fraction_bits(n);
        double largest = 0;
        for (const double weight : folded[i].weights.row(n))
          largest = std::max(largest, std::abs(weight));
        if (layer.row_exponents[n] > 0) {
          EXPECT_LT(bound(n, f), std::ldexp(1.0, 31)) << "seed " << seed;
        }
        const bool may_grow = largest > 0 && layer.row_exponents[n] < 7 && f < 22 &&
                              std::ldexp(largest, static_cast<int>(f) + 1) <= 128;
        if (!may_grow) continue;
        ++limited;
        EXPECT_GE(bound(n, f + 1), std::ldexp(1.0, 31)) << "seed " << seed << ", row " << n;
      }
    }
  }
  EXPECT_GT(limited, 10U);
}

}  // namespace
}  // namespace colcomb::quantization
