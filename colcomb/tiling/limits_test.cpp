#include "colcomb/tiling/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "colcomb/base/error.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tiling {
namespace {

/// 2 channels to 2 filters, one group of both columns.
QuantizedNetwork small_network() {
  const Matrix<std::int8_t> weights(2, 2, {-128, 0, 0, 100});
  QuantizedNetwork network =
      tests::pointwise_network(3, 3, weights, {{{0, 1}}}, weights, {{{0, 1}}});
  for (QuantizedLayer& layer : network.all()) {
    layer.bias = {-5, 120};
    layer.fraction_bits = 3;
  }
  return network;
}

std::string refusal(const QuantizedNetwork& network, const ArrayConfig& config) {
  try {
    require_fits(network, config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Limits, BoundByHand) {
  QuantizedNetwork network = small_network();
  validate(network, "small");
  const QuantizedLayer& layer = network.layer(0);
  LayerDescription& description = network.description.layer(0);
  EXPECT_EQ(accumulation_bound(layer, description), 5U + 255 * 128);
  description.residual = 0;
  EXPECT_EQ(accumulation_bound(layer, description), 5U + 255 * 128 + 255 * 8);
  network.layer(0).row_exponents = {1, 0};
  EXPECT_EQ(accumulation_bound(layer, description), 5U + 255 * 128 + 255 * 16);
  network.layer(0).row_exponents = {0, 3};
  EXPECT_EQ(accumulation_bound(layer, description), 120U + 255 * 100 + 255 * 64);
  network.layer(0).row_exponents.clear();
  network.layer(0).bias[0] = std::numeric_limits<std::int32_t>::min();
  EXPECT_EQ(accumulation_bound(layer, description), 2147483648U + 255 * 128 + 255 * 8);
}

TEST(Limits, AccumulationMustFitTheLastValueToo) {
  QuantizedNetwork network = small_network();
  ArrayConfig config;
  config.accumulation_bits = 16;
  for (QuantizedLayer& layer : network.all()) layer.bias = {0, 0};
  network.layer(0).bias = {-127, 0};  // 127 + 255 * 128 = 32767
  EXPECT_EQ(refusal(network, config), "");
  network.layer(0).bias = {128, 0};
  EXPECT_THAT(refusal(network, config), testing::HasSubstr("layer first: largest accumulation is "
                                                           "'32768': 16 accumulation bits hold at "
                                                           "most 32767"));
  network.layer(0).row_exponents = {0, 1};
  EXPECT_THAT(refusal(network, config), testing::HasSubstr("; one scale for all rows"));
  config.accumulation_bits = 24;
  EXPECT_EQ(refusal(network, config), "");
  network.layer(1).bias = {1 << 23, 0};
  EXPECT_THAT(refusal(network, config), testing::HasSubstr("layer linear: largest accumulation"));
  config.accumulation_bits = 32;
  network.layer(1).bias = {std::numeric_limits<std::int32_t>::max(), 0};
  EXPECT_EQ(refusal(network, config), "");
}

TEST(Limits, GroupsMustHaveDataLines) {
  ArrayConfig config;
  config.name = "narrow";
  config.alpha = 1;
  EXPECT_THAT(refusal(small_network(), config),
              testing::HasSubstr("array narrow: layer first: largest group is '2 columns': the "
                                 "array has 1 data lines per column (alpha)"));
  config.alpha = 2;
  EXPECT_EQ(refusal(small_network(), config), "");
}

}  // namespace
}  // namespace colcomb::tiling
