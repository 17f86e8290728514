#include "colcomb/quantization/steps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/semantics/requantize.hpp"

namespace colcomb::quantization {
namespace {

TEST(FractionBits, AreSevenLessTheCeilingOfTheLogarithm) {
  EXPECT_EQ(fraction_bits(1.0), 7U);  // log2 = 0
  EXPECT_EQ(fraction_bits(std::nextafter(1.0, 2.0)), 6U);
  EXPECT_EQ(fraction_bits(std::nextafter(1.0, 0.0)), 7U);
  EXPECT_EQ(fraction_bits(0.5), 8U);
  EXPECT_EQ(fraction_bits(0.3), 8U);  // log2 = -1.74, ceiling -1
  EXPECT_EQ(fraction_bits(3.0), 5U);  // log2 = 1.58, ceiling 2
  EXPECT_EQ(fraction_bits(64.0), 1U);
  EXPECT_EQ(fraction_bits(65.0), 0U);
  EXPECT_EQ(fraction_bits(128.0), 0U);
  EXPECT_EQ(fraction_bits(std::nextafter(128.0, 129.0)), std::nullopt);
  EXPECT_EQ(fraction_bits(0x1p-15), 22U);
  EXPECT_EQ(fraction_bits(0x1p-16), 22U);  // clamped
  EXPECT_EQ(fraction_bits(std::numeric_limits<double>::denorm_min()), 22U);
  EXPECT_EQ(fraction_bits(0.0), kFractionBitsOfZeroLayer);
}

TEST(FractionBits, AreTheLargestThatFit) {
  Random random(1);
  for (int i = 0; i < 10000; ++i) {
    const double most = std::exp2(-14.9 + 21.9 * random.uniform());
    const auto f = fraction_bits(most);
    ASSERT_TRUE(f.has_value()) << most;
    EXPECT_LE(most * std::exp2(*f), 128) << most;
    EXPECT_GT(most * std::exp2(*f + 1), 128) << most;
  }
}

TEST(QuantizeWeight, RoundsHalfUpAndClamps) {
  EXPECT_EQ(quantize_weight(2.5, 0), 3);
  EXPECT_EQ(quantize_weight(-2.5, 0), -2);
  EXPECT_EQ(quantize_weight(-2.51, 0), -3);
  EXPECT_EQ(quantize_weight(1.0, 7), 127);  // 128 does not fit
  EXPECT_EQ(quantize_weight(-1.0, 7), -128);
  EXPECT_EQ(quantize_weight(0.25, 1), 1);  // 0.5: tie goes up
  EXPECT_EQ(quantize_weight(-0.25, 1), 0);
}

TEST(QuantizeBias, UsesTheAccumulatorsStepAndAddsTheConstant) {
  EXPECT_EQ(accumulator_scale(0), 6.0 / 256);
  EXPECT_EQ(accumulator_scale(3), 6.0 / 2048);
  EXPECT_EQ(logit_step(3, 2), 6.0 / 8192);
  EXPECT_EQ(rounding_constant(0), 0);
  EXPECT_EQ(rounding_constant(1), 1);
  EXPECT_EQ(rounding_constant(22), 1 << 21);
  EXPECT_EQ(quantize_bias(3.0, 6.0 / 256, 0), 128);
  EXPECT_EQ(quantize_bias(-3.0, 6.0 / 2048, 4), -1020);
  EXPECT_EQ(quantize_bias(0.5, 1.0, 0), 1);
  EXPECT_EQ(quantize_bias(-0.5, 1.0, 0), 0);
}

TEST(QuantizeBias, IsAbsentBeyond32BitsWithTheConstant) {
  EXPECT_EQ(quantize_bias(2147483647.0, 1.0, 0), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(quantize_bias(2147483647.0, 1.0, 1), std::nullopt);
  EXPECT_EQ(quantize_bias(2147483646.0, 1.0, 1), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(quantize_bias(-2147483648.0, 1.0, 0), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(quantize_bias(-2147483650.0, 1.0, 1), std::nullopt);
  EXPECT_EQ(quantize_bias(std::nan(""), 1.0, 0), std::nullopt);
}

TEST(Requantize, WithTheConstantIsRoundHalfUp) {
  for (std::uint32_t f = 0; f <= 8; ++f) {
    for (int acc = -3000; acc <= 70000; ++acc) {
      const double exact = std::floor(acc / std::exp2(f) + 0.5);
      const auto biased = static_cast<std::uint32_t>(acc + rounding_constant(f));
      ASSERT_EQ(semantics::requantize(biased, f), std::min(255.0, std::max(0.0, exact)))
          << "acc " << acc << " f " << f;
    }
  }
}

TEST(UnsaturatedFractionBits, OneMoreBitIsGivenUpOnlyWhereTheLargestWeightWouldBe128) {
  const auto bits = [](const std::vector<double>& weights) {
    return unsaturated_fraction_bits(weights).value();
  };
  EXPECT_EQ(bits({1, -1}), 6U);     // 128 and -128 at 7: 128 is no signed byte
  EXPECT_EQ(bits({0.5, -1}), 7U);   // 64 and -128
  EXPECT_EQ(bits({0.25}), 8U);      // 64
  EXPECT_EQ(bits({0.99}), 7U);      // 126.7
  EXPECT_EQ(bits({0.997}), 6U);     // 127.6 rounds to 128
  EXPECT_EQ(bits({1.0 / 9}), 10U);  // 113.8
  EXPECT_EQ(bits({0}), 7U);
  EXPECT_EQ(bits({128}), 0U);  // nothing left to give up
  EXPECT_FALSE(unsaturated_fraction_bits(std::vector<double>{129}).has_value());
}

}  // namespace
}  // namespace colcomb::quantization
