#include "colcomb/quantization/quantize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/tiny_network.hpp"

namespace colcomb::quantization {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::tiny_network;

TEST(Fold, TinyNetworkByHand) {
  const auto folded = fold(tiny_network());
  ASSERT_EQ(folded.size(), 2U);
  // 0.5 * 256 / (6 * 255 * 0.25) = 128 / 382.5
  EXPECT_NEAR(folded[0].weights(0, 0), 128 / 382.5, 1e-8);
  // 1 - 0.25 * 1 - 0.5 * 0.5 / 0.25
  EXPECT_NEAR(folded[0].bias[0], -0.25, 1e-8);
  EXPECT_THAT(folded[0].padding, ElementsAre(128));  // 127.5, half up
  EXPECT_EQ(folded[1].weights, Matrix<double>(2, 1, {1.0, -0.5}));
  EXPECT_THAT(folded[1].bias, ElementsAre(0.125, -0.125));
  EXPECT_THAT(folded[1].padding, ElementsAre(0));
}

// Row 1 reads a dead channel: epsilon alone would scale its weight to 0.25 * 2 / sqrt(1e-5) = 158.
TEST(Fold, RowsOfDeadChannelsAreScaledNoFurtherThanTheOthers) {
  const Matrix<float> filter(3, 2, {0.5F, 0, -0.25F, 0.125F, 0, 0});
  BatchNorm norm{{3, -2, 1}, {0, 0, 0}, {0, 0, 0}, {0.99999F, 1e-9F, 0}};
  auto scales = row_scales(norm, filter);
  EXPECT_NEAR(scales[0].scale, 3, 1e-6);
  EXPECT_FALSE(scales[0].limited);
  EXPECT_NEAR(scales[1].scale, -1.5 / 0.25, 1e-6);  // its largest weight becomes row 0's, 1.5
  EXPECT_TRUE(scales[1].limited);
  EXPECT_NEAR(scales[2].scale, 316.228, 1e-3);  // without weights
  EXPECT_FALSE(scales[2].limited);
  norm.variance[1] = 1e-5F * 1.01F;  // its own from epsilon on, however far that is
  EXPECT_FALSE(row_scales(norm, filter)[1].limited);
  norm.variance = {1e-9F, 1e-9F, 1e-9F};                          // nothing to go by
  EXPECT_NEAR(row_scales(norm, filter)[0].scale, 948.636, 1e-2);  // 3 / sqrt(1.0001e-5)
  EXPECT_NEAR(row_scales(norm, filter)[1].scale, -632.424, 1e-2);
}

TEST(Fold, ReshapedChannelsTakeTheirOriginalChannelsNormalization) {
  FloatNetwork network = tiny_network();
  network.description.input = {2, 2, 4, {0.0, 1.0}, {0.5, 0.25}, 2};
  network.description.layer(0).in_channels = 8;
  network.description.layer(0).columns = convolution_columns(8, 1);
  network.layer(0).weights = Matrix<float>(1, 8, 1.0F);
  network.layer(0).mask = Matrix<std::uint8_t>(1, 8, {1, 1, 1, 1, 1, 1, 1, 0});
  validate(network, "test");
  const FoldedLayer folded = fold(network)[0];
  for (std::size_t m = 0; m < 4; ++m)
    EXPECT_NEAR(folded.weights(0, m), 256 / (6 * 255 * 0.5), 1e-8);
  for (std::size_t m = 4; m < 7; ++m)
    EXPECT_NEAR(folded.weights(0, m), 256 / (6 * 255 * 0.25), 1e-8);
  EXPECT_EQ(folded.weights(0, 7), 0);
  // 1 - 0.25 - three surviving weights on channel 1, each 1.0 / 0.25
  EXPECT_NEAR(folded.bias[0], 0.75 - 12, 1e-6);
  EXPECT_THAT(folded.padding, ElementsAre(0, 0, 0, 0, 255, 255, 255, 255));
}

TEST(Quantize, TinyNetworkByHand) {
  const QuantizedNetwork network = quantize(tiny_network(), {1});
  validate(network, "test");
  const QuantizedLayer& first = network.layer(0);
  // max |w| = 0.3346, so f = 7 + 1; 0.3346 * 256 = 85.67.
  EXPECT_EQ(first.fraction_bits, 8U);
  EXPECT_EQ(first.weights.values(0, 0), 86);
  // -0.25 / (6 / 256 / 256) = -2730.67, rounded -2731, and 128 for the rounding.
  EXPECT_THAT(first.bias, ElementsAre(-2603));
  EXPECT_THAT(first.padding, ElementsAre(128));
  const QuantizedLayer& linear = network.layer(1);
  EXPECT_EQ(linear.fraction_bits, 7U);
  EXPECT_EQ(linear.weights.values(0, 0), 127);  // 128 clamped
  EXPECT_EQ(linear.weights.values(1, 0), -64);
  // 0.125 / (6 / 256 / 128 / 2) = 1365.33; -1365.33 rounds to -1365.
  EXPECT_THAT(linear.bias, ElementsAre(1365, -1365));

  const semantics::Trace trace =
      semantics::run_traced(network, std::vector<std::uint8_t>{200, 100});
  // (86 * 200 - 2603) / 256 = 57.02; (86 * 100 - 2603) / 256 = 23.4
  EXPECT_THAT(trace.outputs[0].values, ElementsAre(57, 23));
  EXPECT_THAT(trace.pool_sums, ElementsAre(80));
  EXPECT_THAT(trace.pooled, ElementsAre(80));  // mean 40, times 2
  EXPECT_THAT(trace.logits, ElementsAre(127 * 80 + 1365, -64 * 80 - 1365));
  EXPECT_THAT(trace.saturated, ElementsAre(0));
}

TEST(Quantize, AllZeroLayerKeepsFineBiases) {
  FloatNetwork network = tiny_network();
  network.layer(1).weights = Matrix<float>(2, 1);
  const QuantizedNetwork quantized = quantize(network, {0});
  EXPECT_EQ(quantized.layer(1).fraction_bits, 7U);
  EXPECT_EQ(quantized.layer(1).weights.groups.size(), 0U);
  // 0.125 / (6 / 256 / 128) = 682.67 and its negative, rounded half up.
  EXPECT_THAT(quantized.layer(1).bias, ElementsAre(683, -683));
  validate(quantized, "test");
}

/// One hidden layer of 2 filters over 4 columns, alpha 2.
FloatNetwork grouped_network() {
  FloatNetwork network = tiny_network();
  network.description.input = {4, 1, 2, {0, 0, 0, 0}, {1, 1, 1, 1}, 1};
  LayerDescription& conv = network.description.layer(0);
  conv.in_channels = 4;
  conv.out_channels = 2;
  conv.alpha = 2;
  conv.columns = convolution_columns(4, 1);
  network.layer(0).weights = Matrix<float>(2, 4, {1, 2, 0, 4, 3, 1, 0, 1});
  network.layer(0).mask = Matrix<std::uint8_t>(2, 4, {1, 0, 1, 0, 0, 1, 1, 1});
  network.layer(0).groups = ColumnGroups{{{1, 0}, {3}}};
  network.layer(0).batch_norm = BatchNorm{{1, 1}, {0, 0}, {0, 0}, {1, 1}};
  network.description.layer(1).in_channels = 2;
  network.description.layer(1).columns = convolution_columns(2, 1);
  network.layer(1).weights = Matrix<float>(2, 2, {1, 0, 0, 0});
  return network;
}

TEST(Quantize, PacksByGroupsAndSingletons) {
  const QuantizedNetwork network = quantize(grouped_network());
  const PackedMatrix<std::int8_t>& packed = network.layer(0).weights;
  EXPECT_EQ(packed.groups, (ColumnGroups{{{1, 0}, {3}}}));
  // All surviving weights are 1 * 256 / (6 * 255) = 0.1673, f = 9, 85.67.
  EXPECT_EQ(network.layer(0).fraction_bits, 9U);
  EXPECT_EQ(packed.values, Matrix<std::int8_t>(2, 2, {86, 0, 86, 86}));
  EXPECT_EQ(packed.selects, Matrix<std::uint8_t>(2, 2, {1, 0, 0, 0}));
  // Column 1 of the linear layer is all zero.
  EXPECT_EQ(network.layer(1).weights.groups, (ColumnGroups{{{0}}}));
  FloatNetwork ungrouped = grouped_network();
  ungrouped.layer(0).groups.reset();
  EXPECT_EQ(quantize(ungrouped).hidden[0].weights.groups, (ColumnGroups{{{0}, {1}, {3}}}));
}

// A cell of alpha 1 has no select, so nothing hangs on the groups that training left: each column
// that holds a weight gets one of its own, in the filter matrix's order; empty ones get none.
TEST(Quantize, LayersOfAlphaOneAreGroupedAnew) {
  FloatNetwork network = grouped_network();
  network.description.hidden[0].alpha = 1;
  network.hidden[0].groups = ColumnGroups{{{3}, {2}, {0}, {1}}};  // column 2 holds no weight
  const QuantizedNetwork quantized = quantize(network);
  const PackedMatrix<std::int8_t>& packed = quantized.hidden[0].weights;
  EXPECT_EQ(packed.groups, (ColumnGroups{{{0}, {1}, {3}}}));
  EXPECT_EQ(packed.values, Matrix<std::int8_t>(2, 3, {86, 0, 0, 0, 86, 86}));
}

std::string refusal(const std::function<void(FloatNetwork&)>& change,
                    const QuantizeOptions& options = {}) {
  FloatNetwork network = grouped_network();
  change(network);
  validate(network, "test");
  try {
    (void)quantize(network, options);
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(Quantize, ErrorsNameTheLayer) {
  using N = FloatNetwork;
  EXPECT_THAT(refusal([](N& n) { n.layer(0).mask(1, 0) = 1; }),
              HasSubstr("layer conv0: row 1, group 0 is '2 nonzero weights'"));
  EXPECT_THAT(refusal([](N& n) { n.layer(0).groups->groups.pop_back(); }),
              HasSubstr("layer conv0: row 1, column 3: has a nonzero weight"));
  EXPECT_THAT(refusal([](N& n) { n.layer(1).weights(0, 0) = 128.5F; }),
              HasSubstr("layer linear: largest folded weight is '128.5'"));
  EXPECT_THAT(refusal([](N& n) { n.layer(0).batch_norm->bias[1] = 1e8F; }),
              HasSubstr("layer conv0: folded bias of row 1"));
  EXPECT_THAT(refusal([](N& n) { n.description.input.std[0] = 1e-310; }),
              HasSubstr("layer conv0: folded weight is 'inf'"));
  EXPECT_THAT(refusal([](N&) {}, {9}), HasSubstr("quantization.pooling_fraction_bits is '9'"));
}

}  // namespace
}  // namespace colcomb::quantization
