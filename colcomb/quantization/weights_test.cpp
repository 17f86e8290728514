#include "colcomb/quantization/weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {
namespace {

using ::testing::HasSubstr;

constexpr WeightCode kPow2 = WeightCode::kPowerOfTwo;

TEST(QuantizeWeight, PowersOfTwoAreNearestInValue) {
  const auto rounded = [](double weight) { return int{quantize_weight(weight, 0, kPow2)}; };
  EXPECT_EQ(rounded(0), 0);
  EXPECT_EQ(rounded(0.49), 0);
  EXPECT_EQ(rounded(0.51), 1);
  EXPECT_EQ(rounded(1.49), 1);
  EXPECT_EQ(rounded(2.9), 2);
  EXPECT_EQ(rounded(3.1), 4);  // in the logarithm the border would be 2.83
  EXPECT_EQ(rounded(5.9), 4);
  EXPECT_EQ(rounded(47.9), 32);
  EXPECT_EQ(rounded(48.1), 64);
  EXPECT_EQ(rounded(1000), 64);
  EXPECT_EQ(rounded(-0.51), -1);
  EXPECT_EQ(rounded(-100), -64);
  // Ties go up.
  EXPECT_EQ(rounded(0.5), 1);
  EXPECT_EQ(rounded(-0.5), 0);
  EXPECT_EQ(rounded(3), 4);
  EXPECT_EQ(rounded(-3), -2);
  EXPECT_EQ(quantize_weight(0.25, 4, kPow2), 4);
}

TEST(QuantizeWeight, EqualsTheNearestOfAllCodes) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double weight = random.normal() * std::exp2(4 * random.uniform() - 2);
    const auto f = static_cast<std::uint32_t>(random.below(9));
    double nearest = 0;
    for (const int sign : {-1, 1}) {
      for (int e = 0; e <= 6; ++e) {
        const double code = sign * std::exp2(e - static_cast<int>(f));
        if (std::abs(code - weight) < std::abs(nearest - weight)) nearest = code;
      }
    }
    ASSERT_EQ(std::ldexp(quantize_weight(weight, f, kPow2), -static_cast<int>(f)), nearest);
  }
}

TEST(ChooseFractionBits, OfPowersOfTwoHasTheLeastSquaredError) {
  Random random(4);
  for (int i = 0; i < 200; ++i) {
    std::vector<double> weights(1 + random.below(60));
    const double scale = std::exp2(static_cast<double>(random.below(12)) - 9);
    for (double& weight : weights) weight = scale * random.normal();
    const auto error = [&](std::uint32_t f) {
      double sum = 0;
      for (const double weight : weights) {
        double least = std::abs(weight);
        for (int e = 0; e <= 6; ++e) {
          least = std::min(least, std::abs(std::exp2(e - static_cast<int>(f)) - std::abs(weight)));
        }
        sum += least * least;
      }
      return sum;
    };
    const auto f = choose_fraction_bits(weights, kPow2);
    ASSERT_TRUE(f.has_value());
    for (std::uint32_t other = 0; other <= 22; ++other)
      ASSERT_LE(error(*f), error(other) * (1 + 1e-12)) << *f << " against " << other;
  }
}

TEST(ChooseFractionBits, ByHand) {
  const auto bits = [](std::vector<double> weights, WeightCode code) {
    return choose_fraction_bits(weights, code);
  };
  // 0.5 is 2^e * 2^-f for every f from 1 on while e <= 6: exact, and 7 the largest.
  EXPECT_EQ(bits({0.5, -0.25}, kPow2), 7U);
  // Clipping 1 to 64/128 would cost 1/4; keeping it costs the small ones (3/8 -> 1/2 or 1/4) 1/64
  // each, at any f up to 6.
  EXPECT_EQ(bits({1, 0.375, 0.375}, kPow2), 6U);
  // Here f = 6 puts 1/256 at 0 (error 2^-16 each), f = 7 clips 1 to 1/2.
  EXPECT_EQ(bits({1, 1.0 / 256, 1.0 / 256}, kPow2), 6U);
  // Many small weights outweigh one clipped: 0.375 loses (0.375 - 0.25)^2 = 1/64 whether it is
  // clipped (f = 8) or rounded (f = 7: 1/2, the same), and 1/512 is a tie at f = 8, 0 at 7.
  EXPECT_EQ(bits({0.375, 1.0 / 256, 1.0 / 256}, kPow2), 8U);
  EXPECT_EQ(bits({0, 0}, kPow2), 7U);
  EXPECT_EQ(bits({}, kPow2), 7U);
  EXPECT_EQ(bits({96}, kPow2), 0U);
  EXPECT_EQ(bits({96.5}, kPow2), std::nullopt);
  EXPECT_EQ(bits({0.3, -0.5}, WeightCode::kInt8), 8U);
  EXPECT_EQ(bits({128.5}, WeightCode::kInt8), std::nullopt);
}

LayerDescription named_x() {
  LayerDescription layer;
  layer.name = "x";
  return layer;
}

TEST(RoundWeights, FixedLayersStayInt8AndSaturateNothing) {
  LayerDescription pooling = named_x();
  pooling.fixed = true;
  const RoundedWeights rounded = round_weights(Matrix<double>(1, 2, {1, 1.0 / 9}), pooling, kPow2);
  EXPECT_EQ(rounded.code, WeightCode::kInt8);
  EXPECT_EQ(rounded.fraction_bits, 6U);
  EXPECT_EQ(rounded.values, Matrix<std::int8_t>(1, 2, {64, 7}));
  EXPECT_EQ(round_weights(Matrix<double>(1, 1, 1), named_x(), kPow2).code, kPow2);
}

TEST(RoundWeights, NamesLayerValueAndRule) {
  const auto refusal = [](double weight, WeightCode code) -> std::string {
    try {
      (void)round_weights(Matrix<double>(1, 1, weight), named_x(), code);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal(100, kPow2), HasSubstr("layer x: largest folded weight is '100': must be at "
                                             "most 96"));
  EXPECT_EQ(refusal(100, WeightCode::kInt8), "");
  EXPECT_THAT(refusal(-129, WeightCode::kInt8), HasSubstr("at most 128"));
  EXPECT_THAT(refusal(std::nan(""), kPow2), HasSubstr("must be finite"));
  const RoundedWeights rounded =
      round_weights(Matrix<double>(1, 3, {1, -0.3, 0.001}), named_x(), kPow2);
  EXPECT_EQ(rounded.fraction_bits, 6U);
  EXPECT_EQ(rounded.values, Matrix<std::int8_t>(1, 3, {64, -16, 0}));
}

static_assert(holds(kPow2, 0) && holds(kPow2, 1) && holds(kPow2, -64) && holds(kPow2, 32));
static_assert(!holds(kPow2, -128) && !holds(kPow2, 3) && !holds(kPow2, 127) && !holds(kPow2, -65));
static_assert(holds(WeightCode::kInt8, -128) && holds(WeightCode::kInt8, 3));

}  // namespace
}  // namespace colcomb::quantization
