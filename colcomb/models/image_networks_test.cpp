#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/models/presets.hpp"

namespace colcomb::models {
namespace {

using ::testing::HasSubstr;

NetworkDescription network_of(const std::string& name, std::size_t side, std::size_t classes,
                              double width = 1) {
  PresetOptions options;
  options.name = name;
  options.width = width;
  options.classes = classes;
  options.input = {3, side, side, {.5, .5, .5}, {.25, .25, .25}, 1};
  return describe(options);
}

/// torchvision's counts at 224 x 224 and 1000 classes: parameters less those of batch norms and the
/// 1000 biases; products of all convolutions and of the linear layer, of which a projection has its
/// own there and is part of the sum's layer here.
struct Published {
  const char* name;
  std::size_t weights, macs, products, projections;
};
const Published kPublished[] = {
    {"resnet18", 11'689'512 - 9'600 - 1000, 1'814'073'344, 21, 3},
    {"resnet34", 21'797'672 - 17'024 - 1000, 3'663'761'408, 37, 3},
    {"resnet50", 25'557'032 - 53'120 - 1000, 4'089'184'256, 54, 4},
    {"mobilenet_v2", 3'504'872 - 34'112 - 1000, 300'774'272, 53, 0},
};

TEST(ImageNetworks, HaveThePublishedSizes) {
  for (const Published& published : kPublished) {
    const NetworkDescription network = network_of(published.name, 224, 1000);
    EXPECT_EQ(network.layer_count(), published.products - published.projections) << published.name;
    std::size_t weights = 0, macs = 0, parts = 0;
    for (const LayerDescription& layer : network.all()) {
      const std::size_t own = layer.out_channels * layer.columns.size() / layer.conv_groups;
      weights += own;
      macs += own * layer.sum_height() * layer.sum_width();
      parts += layer.more_inputs.size();
    }
    EXPECT_EQ(weights, published.weights) << published.name;
    EXPECT_EQ(macs, published.macs) << published.name;
    EXPECT_EQ(parts, published.projections) << published.name;
    EXPECT_EQ(network.hidden.back().out_height(), 7U) << published.name;
  }
}

TEST(ImageNetworks, SmallPicturesKeepTheirSizeInTheStem) {
  for (const Published& published : kPublished) {
    for (const std::size_t side : {32U, 64U}) {
      const NetworkDescription network = network_of(published.name, side, 10);
      EXPECT_EQ(network.layer(0).kernel, 3U);
      EXPECT_EQ(network.layer(0).stride, 1U);
      EXPECT_FALSE(network.layer(0).pooling);
      EXPECT_EQ(network.hidden.back().out_height(), side / 8) << published.name;
    }
  }
  const NetworkDescription large = network_of("resnet18", 65, 10);
  const LayerDescription& stem = large.hidden.front();
  EXPECT_EQ(stem.kernel, 7U);
  EXPECT_EQ(stem.sum_height(), 33U);
  EXPECT_EQ(stem.out_height(), 17U);
}

TEST(ImageNetworks, ShortcutsAreAdditionsOrColumns) {
  const NetworkDescription network = network_of("resnet18", 32, 10);
  ASSERT_EQ(network.hidden.size(), 17U);
  for (std::size_t block = 0; block < 8; ++block) {
    const LayerDescription& second = network.hidden[2 * block + 2];
    const bool projects = block == 2 || block == 4 || block == 6;
    EXPECT_EQ(second.name,
              "layer" + std::to_string(block / 2 + 1) + '.' + std::to_string(block % 2) + ".conv2");
    ASSERT_EQ(second.more_inputs.size(), projects ? 1U : 0U) << second.name;
    EXPECT_EQ(second.residual.has_value(), !projects) << second.name;
    const std::size_t source = projects ? second.more_inputs[0].source : *second.residual;
    EXPECT_EQ(source, 2 * block) << second.name;
    if (projects) {
      EXPECT_EQ(second.more_inputs[0].stride, 2U);
    }
  }
}

TEST(ImageNetworks, AddOnlyWhereABlockKeepsItsShape) {
  const NetworkDescription network = network_of("mobilenet_v2", 224, 1000);
  std::size_t residuals = 0, depthwise = 0;
  for (const LayerDescription& layer : network.hidden) {
    residuals += layer.residual ? 1U : 0U;
    depthwise += layer.conv_groups > 1 ? 1U : 0U;
    if (layer.conv_groups == 1) continue;
    EXPECT_EQ(layer.conv_groups, layer.in_channels) << layer.name;
  }
  EXPECT_EQ(residuals, 10U);
  EXPECT_EQ(depthwise, 17U);
}

TEST(ImageNetworks, WidthsKeepBlocksTogether) {
  for (const Published& published : kPublished) {
    EXPECT_NO_THROW((void)network_of(published.name, 32, 10, 0.25)) << published.name;
    EXPECT_NO_THROW((void)network_of(published.name, 224, 10, 0.1)) << published.name;
    try {
      (void)network_of(published.name, 7, 10);
      ADD_FAILURE() << published.name;
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("its strides need an input of at least 8 x 8"));
    }
  }
}

}  // namespace
}  // namespace colcomb::models
