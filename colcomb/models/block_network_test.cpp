#include "colcomb/models/block_network.hpp"

#include <gtest/gtest.h>

#include <map>

#include "colcomb/base/error.hpp"

namespace colcomb::models {
namespace {

BlockNetworkOptions small() {
  BlockNetworkOptions options;
  options.filters = {32, 64, 128};
  options.layers = {2, 2, 2};
  options.strides = {1, 2, 2};
  options.groups = {1, 4, 8};
  options.input.mean = {.5, .5, .5};
  options.input.std = {.25, .25, .25};
  return options;
}

TEST(BlockNetwork, FollowsTheReferencesFlags) {
  const NetworkDescription network = describe(small());
  ASSERT_EQ(network.layer_count(), 8U);
  // The first layer of a block has the alpha of the block before, the first convolution alpha 1.
  const std::size_t alphas[] = {1, 1, 1, 1, 4, 4, 8, 1};
  const std::size_t outputs[] = {32, 32, 32, 64, 64, 128, 128, 10};
  const std::size_t strides[] = {1, 1, 1, 2, 1, 2, 1, 1};
  const std::size_t sides[] = {32, 32, 32, 32, 16, 16, 8, 1};
  std::size_t weights = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const LayerDescription& layer = network.layer(i);
    EXPECT_EQ(layer.alpha, alphas[i]) << layer.name;
    EXPECT_EQ(layer.out_channels, outputs[i]) << layer.name;
    EXPECT_EQ(layer.stride, strides[i]) << layer.name;
    EXPECT_EQ(layer.in_height, sides[i]) << layer.name;
    if (!network.is_classifier(i)) weights += layer.out_channels * layer.columns.size();
  }
  EXPECT_EQ(weights, 32864U);  // the reference's count of convolution weights for these flags
}

TEST(BlockNetwork, VggLayersAreThreeByThree) {
  BlockNetworkOptions options = small();
  options.layer_type = BlockLayerType::kVgg;
  const NetworkDescription network = describe(options);
  EXPECT_EQ(network.layer(0).columns.size(), 27U);
  EXPECT_EQ(network.layer(4).columns.size(), 64U * 9);
  EXPECT_EQ(network.layer(4).kind, LayerKind::kConvolution);
}

TEST(BlockNetwork, ReshapeTradesSpaceForChannels) {
  BlockNetworkOptions options = small();
  options.input.reshape_stride = 2;
  const NetworkDescription network = describe(options);
  EXPECT_EQ(network.layer(0).in_channels, 12U);
  EXPECT_EQ(network.layer(0).in_height, 16U);
}

TEST(BlockNetwork, RefusesWhatDoesNotFit) {
  const auto option_refused = [](auto change) {
    BlockNetworkOptions options = small();
    change(options);
    try {
      (void)describe(options);
    } catch (const UserError& error) {
      return error.parts().field;
    }
    return std::string("none");
  };
  EXPECT_EQ(option_refused([](auto& o) { o.groups = {1, 4}; }), "network.groups");
  EXPECT_EQ(option_refused([](auto& o) { o.groups = {1, 0, 8}; }), "network.groups");
  EXPECT_EQ(option_refused([](auto& o) { o.groups = {1, 65, 8}; }), "network.groups");
  EXPECT_EQ(option_refused([](auto& o) { o.filters = {}; }), "network.filters");
  EXPECT_EQ(option_refused([](auto& o) { o.strides = {1, 0, 2}; }), "network.strides");
  EXPECT_EQ(option_refused([](auto& o) { o.layers = {2, 2, 2, 2}; }), "network.layers");
  EXPECT_EQ(option_refused([](auto& o) { o.input.reshape_stride = 3; }),
            "network.input.reshape_stride");
  EXPECT_EQ(option_refused([](auto& o) { o.shift_kernel = 4; }), "network.shift_kernel");
  EXPECT_EQ(option_refused([](auto& o) { o.dropout = 1; }), "network.dropout");
}

TEST(DrawShifts, FollowsThePapersDistribution) {
  const auto columns = draw_shifts(20'000, 5, 7, 3);
  std::map<int, int> counts;
  for (const Column& column : columns) ++counts[column.dy];
  const double expected[] = {.1, .25, .3, .25, .1};
  for (int d = -2; d <= 2; ++d) {
    EXPECT_NEAR(counts[d] / 20'000.0, expected[d + 2], 0.015) << "offset " << d;
  }
  EXPECT_EQ(columns, draw_shifts(20'000, 5, 7, 3));
  EXPECT_NE(columns, draw_shifts(20'000, 5, 8, 3));
}

}  // namespace
}  // namespace colcomb::models
