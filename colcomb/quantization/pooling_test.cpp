#include "colcomb/quantization/pooling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::quantization {
namespace {

TEST(ChoosePoolBits, IsTheLargestThatHardlySaturates) {
  // Over 4 pixels: means 31.75, 31.875, 32. Times 8: 254, 255, 256, so 32 saturates at k = 3.
  EXPECT_EQ(choose_pooling_fraction_bits(std::vector<std::uint64_t>{127}, 4, {}), 3U);
  EXPECT_EQ(choose_pooling_fraction_bits(std::vector<std::uint64_t>{128}, 4, {}), 2U);
  EXPECT_EQ(choose_pooling_fraction_bits(std::vector<std::uint64_t>{4 * 255}, 4, {}), 0U);
  EXPECT_EQ(choose_pooling_fraction_bits(std::vector<std::uint64_t>{0, 0}, 4, {}), 8U);
  EXPECT_EQ(choose_pooling_fraction_bits({}, 4, {}), 0U);
}

TEST(ChoosePoolBits, AllowsTheGivenFraction) {
  std::vector<std::uint64_t> sums(10000, 1);
  sums[5] = 200;  // one in 10,000, exactly the default
  EXPECT_EQ(choose_pooling_fraction_bits(sums, 1, {}), 7U);
  sums[6] = 200;
  EXPECT_EQ(choose_pooling_fraction_bits(sums, 1, {}), 0U);
  EXPECT_EQ(choose_pooling_fraction_bits(sums, 1, {.saturated_fraction = 2e-4}), 7U);
  EXPECT_EQ(choose_pooling_fraction_bits(sums, 1, {.saturated_fraction = 1}), 8U);
}

TEST(CalibratePoolBits, CountsWhatTheNetworkPools) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    if (!network.description.global_pooling) continue;
    std::vector<std::uint8_t> images;
    for (int i = 0; i < 5; ++i) {
      const auto image = tests::random_image(random, network.description.input);
      images.insert(images.end(), image.begin(), image.end());
    }
    const std::size_t size = images.size() / 5;
    const PoolingOptions options{.saturated_fraction = 0, .threads = 2};
    const std::uint32_t k = calibrate_pooling_fraction_bits(network, images, options);
    // Without saturation the largest pooled value of k is at most 255 before its clamp, and that
    // of k + 1 is above.
    double most = 0;
    for (int i = 0; i < 5; ++i) {
      const auto trace = semantics::run_traced(
          quantize(network, {k}),
          std::span(images).subspan(static_cast<std::size_t>(i) * size, size));
      const auto pixels = static_cast<double>(trace.outputs.back().pixels());
      for (const std::uint64_t sum : trace.pool_sums)
        most = std::max(most, static_cast<double>(sum) / pixels);
    }
    EXPECT_LT(most * static_cast<double>(1U << k), 255.5) << "seed " << seed;
    if (k < 8) {
      EXPECT_GE(most * static_cast<double>(2U << k), 255.5) << "seed " << seed;
    }
  }
}

TEST(CalibratePoolBits, WithoutGlobalPoolingThereAreNone) {
  std::size_t seen = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    if (network.description.global_pooling) continue;
    ++seen;
    const auto image = tests::random_image(random, network.description.input);
    EXPECT_EQ(calibrate_pooling_fraction_bits(network, image, {}), 0U);
    EXPECT_THROW((void)quantize(network, QuantizeOptions{1}), UserError);
  }
  EXPECT_GT(seen, 2U);
}

TEST(CalibratePoolBits, AreThoseOfAClassifierThatCannotBeQuantized) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random(seed);
    FloatNetwork network = tests::random_float_network(random);
    if (!network.description.global_pooling) continue;
    const auto image = tests::random_image(random, network.description.input);
    const QuantizedNetwork hidden = quantize_hidden(network, WeightCode::kInt8);
    const QuantizedNetwork whole = quantize(network);
    EXPECT_TRUE(hidden.hidden == whole.hidden) << "seed " << seed;
    EXPECT_EQ(semantics::pool_sums(hidden, image), semantics::run_traced(whole, image).pool_sums);
    const std::uint32_t k = calibrate_pooling_fraction_bits(network, image, {});
    network.classifier.mask = {};
    std::ranges::fill(network.classifier.weights.values(), 1000.0F);  // above 128
    EXPECT_THROW((void)quantize(network), UserError);
    EXPECT_EQ(calibrate_pooling_fraction_bits(network, image, {}), k) << "seed " << seed;
  }
}

}  // namespace
}  // namespace colcomb::quantization
