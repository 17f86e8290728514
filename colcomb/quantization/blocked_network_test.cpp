#include "colcomb/quantization/blocked_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::quantization {
namespace {

// Both kinds of network, so that strides, shifts, poolings, residual sources, several inputs,
// activation tables and zeros of maps come by. Tables of any numbers rise by up to 255 steps within
// one: what float leaves of a sum they make as many times as large.
TEST(BlockedNetwork, IsTheRealNetworkWithoutRounding) {
  std::size_t tables = 0, branches = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const FloatNetwork network =
        seed % 3 == 0 ? tests::random_float_network(random)
                      : tests::random_float_network(
                            random, tests::random_branches(
                                        random, {.tables = seed % 3 == 1, .row_tables = true}));
    tables += has_tables(network.description) ? 1 : 0;
    branches += is_chain(network.description) ? 0 : 1;
    const double tolerance = has_tables(network.description) ? 2e-2 : 1e-5;
    const BlockedNetwork blocked(network);
    const RealNetwork real(network, {});
    const RoundedLayers none(network.layer_count(), false);
    constexpr std::size_t kImages = 3;
    const std::size_t size = network.description.input.size();
    std::vector<std::uint8_t> images;
    for (std::size_t b = 0; b < kImages; ++b) {
      const auto image = tests::random_image(random, network.description.input);
      images.insert(images.end(), image.begin(), image.end());
    }
    const Matrix<float> logits = blocked.run(images);
    ASSERT_EQ(logits.rows(), kImages);
    for (std::size_t b = 0; b < kImages; ++b) {
      const auto image = std::span(images).subspan(b * size, size);
      const std::vector<double> expected = real.run(image, none).logits;
      ASSERT_EQ(logits.cols(), expected.size());
      double largest = 1;
      for (const double logit : expected)
        largest = std::max(largest, std::abs(logit) * kActivationScale);
      for (std::size_t k = 0; k < expected.size(); ++k)
        ASSERT_NEAR(logits(b, k), expected[k] * kActivationScale, tolerance * largest)
            << "seed " << seed << ", image " << b << ", class " << k;
      ASSERT_TRUE(std::ranges::equal(logits.row(b), blocked.run(image).row(0)))
          << "seed " << seed << ", image " << b << " by itself";
    }
  }
  EXPECT_GT(tables, 5U);
  EXPECT_GT(branches, 20U);
}

}  // namespace
}  // namespace colcomb::quantization
