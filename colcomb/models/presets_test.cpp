#include "colcomb/models/presets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "colcomb/base/error.hpp"

namespace colcomb::models {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

PresetOptions options_for(const std::string& name, std::size_t side = 32) {
  PresetOptions options;
  options.name = name;
  options.input.channels = name == "lenet5-shift" ? 1 : 3;
  options.input.height = options.input.width = side;
  options.input.mean.assign(options.input.channels, .5);
  options.input.std.assign(options.input.channels, .25);
  return options;
}

/// From the published table of channels, maps of 32 x 32 to 2 x 2.
std::size_t mobilenet_macs() {
  struct Stage {
    std::size_t in, out, before, after;  // channels; pixels a side before and after the depthwise
  };
  const Stage stages[] = {
      {32, 64, 32, 32}, {64, 128, 32, 16}, {128, 128, 16, 16}, {128, 256, 16, 8}, {256, 256, 8, 8},
      {256, 512, 8, 4}, {512, 512, 4, 4},  {512, 512, 4, 4},   {512, 512, 4, 4},  {512, 512, 4, 4},
      {512, 512, 4, 4}, {512, 1024, 4, 2}, {1024, 1024, 2, 2}};
  std::size_t macs = 27 * 32 * 32 * 32 + 1024 * 10;
  for (const Stage& s : stages) macs += (9 + s.out) * s.in * s.after * s.after;
  return macs;
}

/// Sizes at 32 x 32 pixels and 10 classes, from the papers' tables. VGG's 14,710,464 and 20,018,880
/// convolution weights and ResNet-20's 269,722 parameters, 1,386 of them in batch norms and biases,
/// are the published counts; a shift layer has a ninth of a 3 x 3 layer's.
struct Sizes {
  const char* name;
  std::size_t layers;
  std::size_t weights;
  std::size_t macs;
};

const Sizes kSizes[] = {
    {"lenet5-shift", 5, 6 * 25 + 16 * 6 + 120 * 16 + 84 * 120 + 840,
     150 * 1024 + 96 * 256 + 1920 * 64 + 10080 * 64 + 840},
    {"vgg16-shift", 14, 1728 + (14'710'464 - 1728) / 9 + 5120, 36'377'600},
    {"vgg19-shift", 17, 1728 + (20'018'880 - 1728) / 9 + 5120, 45'814'784},
    {"resnet20-shift", 20, 432 + (269'722 - 1386 - 432 - 640) / 9 + 640,
     442'368 + (40'551'040 - 442'368 - 640) / 9 + 640},
    {"vgg16", 14, 14'710'464 + 5120, 313'201'664},
    {"resnet20", 20, 269'722 - 1386, 40'551'040},
    // 3,217,226 parameters with 10 classes, the published 4,231,976 with 1000; 21,898 of them batch
    // norms and biases.
    {"mobilenet-like", 28, 3'217'226 - 21'898, mobilenet_macs()},
};

TEST(Presets, HaveThePapersSizes) {
  std::vector<std::string> names;
  for (const Sizes& sizes : kSizes) {
    names.emplace_back(sizes.name);
    const NetworkDescription network = describe(options_for(sizes.name));
    EXPECT_EQ(network.layer_count(), sizes.layers) << sizes.name;
    std::size_t weights = 0, macs = 0;
    for (const LayerDescription& layer : network.all()) {
      const std::size_t own = layer.out_channels * layer.columns.size() / layer.conv_groups;
      weights += own;
      macs += own * layer.out_height() * layer.out_width();
    }
    EXPECT_EQ(weights, sizes.weights) << sizes.name;
    EXPECT_EQ(macs, sizes.macs) << sizes.name;
  }
  // The networks for photographs follow (image_networks_test.cpp).
  std::vector<std::string> all = preset_names();
  all.resize(names.size());
  EXPECT_EQ(all, names);
}

std::vector<std::size_t> widths(const NetworkDescription& network) {
  std::vector<std::size_t> result;
  for (const LayerDescription& layer : network.all()) result.push_back(layer.out_channels);
  return result;
}

TEST(Presets, HaveThePapersWidths) {
  EXPECT_THAT(widths(describe(options_for("lenet5-shift"))),
              ElementsAreArray({6, 16, 120, 84, 10}));
  for (const char* name : {"vgg16", "vgg16-shift"}) {
    EXPECT_THAT(
        widths(describe(options_for(name))),
        ElementsAreArray({64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512, 10}));
  }
  EXPECT_THAT(widths(describe(options_for("vgg19-shift"))),
              ElementsAreArray({64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512,
                                512, 512, 10}));
  for (const char* name : {"resnet20", "resnet20-shift"}) {
    EXPECT_THAT(widths(describe(options_for(name))),
                ElementsAreArray({16, 16, 16, 16, 16, 16, 16, 32, 32, 32,
                                  32, 32, 32, 64, 64, 64, 64, 64, 64, 10}));
  }
}

TEST(Presets, HaveShiftOrThreeByThreeLayersWithAlphaEight) {
  for (const auto& [name, layers, weights, macs] : kSizes) {
    PresetOptions options = options_for(name);
    const bool shift = std::string(name).find("shift") != std::string::npos;
    for (const std::size_t alpha : {8U, 3U}) {
      options.alpha = alpha;
      const NetworkDescription network = describe(options);
      EXPECT_EQ(network.layer(0).kind, LayerKind::kConvolution) << name;
      EXPECT_EQ(network.layer(0).kernel, name == std::string("lenet5-shift") ? 5U : 3U) << name;
      for (std::size_t i = 1; i < network.hidden.size(); ++i) {
        EXPECT_EQ(network.layer(i).kind, shift ? LayerKind::kShift : LayerKind::kConvolution);
        EXPECT_EQ(network.layer(i).kernel,
                  name == std::string("mobilenet-like") && i % 2 == 0 ? 1U : 3U);
        EXPECT_EQ(network.layer(i).alpha, alpha) << name << ' ' << i;
      }
      EXPECT_EQ(network.layer(0).alpha, 1U);
      EXPECT_EQ(network.classifier.alpha, 1U);
    }
  }
  EXPECT_EQ(describe(options_for("vgg16-shift")).layer(3).alpha, 8U);
}

TEST(Presets, ResNetAddsEachBlocksInputToItsSecondLayer) {
  const NetworkDescription network = describe(options_for("resnet20-shift"));
  for (std::size_t block = 0; block < 9; ++block) {
    const std::size_t second = 2 * block + 2;
    EXPECT_FALSE(network.layer(second - 1).residual);
    ASSERT_EQ(network.layer(second).residual, second - 2);
    // The first block of the second and of the third stage halves the map and doubles the channels.
    const bool changes = block == 3 || block == 6;
    EXPECT_EQ(residual_stride(network, second), changes ? 2U : 1U) << block;
    EXPECT_EQ(network.layer(second).out_channels,
              network.layer(second - 2).out_channels * (changes ? 2 : 1));
  }
  for (const LayerDescription& layer : describe(options_for("vgg16")).hidden)
    EXPECT_FALSE(layer.residual);
}

TEST(Presets, MobileNetAlternatesDepthwiseAndPointwiseLayers) {
  PresetOptions options = options_for("mobilenet-like");
  for (const double width : {1.0, 0.3}) {
    options.width = width;
    const NetworkDescription network = describe(options);
    ASSERT_EQ(network.layer_count(), 28U);
    EXPECT_EQ(network.layer(0).conv_groups, 1U);
    for (std::size_t i = 1; i + 1 < 28; i += 2) {
      const LayerDescription& depthwise = network.layer(i);
      EXPECT_EQ(depthwise.conv_groups, depthwise.in_channels) << depthwise.name;
      EXPECT_EQ(depthwise.out_channels, depthwise.in_channels) << depthwise.name;
      EXPECT_EQ(network.layer(i + 1).conv_groups, 1U);
      EXPECT_EQ(network.layer(i + 1).stride, 1U);
    }
    EXPECT_EQ(network.layer(3).stride, 2U);
    EXPECT_EQ(network.layer(3).name, "block2.layer1.dw");
    EXPECT_EQ(network.layer(22).name, "block7.layer5.pw");
  }
}

TEST(Presets, WidthScalesChannelsToMultiplesOfFour) {
  PresetOptions options = options_for("lenet5-shift");
  options.width = 0.25;  // 1.5, 4, 30 and 21
  EXPECT_THAT(widths(describe(options)), ElementsAreArray({4, 4, 32, 20, 10}));
  options.width = 3;
  EXPECT_THAT(widths(describe(options)), ElementsAreArray({20, 48, 360, 252, 10}));
  options = options_for("resnet20-shift");
  options.width = 6;  // the 96 rows of the paper's layer
  EXPECT_EQ(describe(options).layer(6).out_channels, 96U);
  options.width = 0.01;
  EXPECT_THAT(widths(describe(options)), ::testing::Contains(4).Times(19));
}

TEST(Presets, ShiftsFollowTheSeed) {
  PresetOptions options = options_for("resnet20-shift");
  const NetworkDescription network = describe(options);
  EXPECT_EQ(describe(options), network);
  options.seed = 2;
  EXPECT_FALSE(describe(options) == network);
}

std::string refusal(const std::string& name, const std::function<void(PresetOptions&)>& change) {
  PresetOptions options = options_for(name);
  change(options);
  try {
    (void)describe(options);
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST(Presets, RefuseWhatDoesNotFit) {
  using O = PresetOptions;
  EXPECT_THAT(refusal("vgg11", [](O&) {}),
              HasSubstr("network.name is 'vgg11': must be one of lenet5-shift, vgg16-shift"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.width = 0; }), HasSubstr("network.width"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.width = std::nan(""); }), HasSubstr("network.width"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.width = 129; }), HasSubstr("network.width"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.alpha = 0; }), HasSubstr("network.alpha is '0'"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.alpha = 65; }), HasSubstr("network.alpha is '65'"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.dropout = 1; }), HasSubstr("network.dropout"));
  EXPECT_THAT(refusal("vgg16-shift", [](O& o) { o.shift_kernel = 4; }),
              HasSubstr("network.shift_kernel"));
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.input.reshape_stride = 3; }),
              HasSubstr("network.input.reshape_stride"));
  // VGG's strides multiply to 16.
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.input.width = 15; }),
              HasSubstr("network.name is 'vgg16': its strides need an input of at least 16 x 16"));
  EXPECT_EQ(refusal("vgg16", [](O& o) { o.input.height = o.input.width = 16; }), "accepted");
  EXPECT_THAT(refusal("vgg16", [](O& o) { o.input.reshape_stride = 4; }), HasSubstr("is 8 x 8"));
}

TEST(Presets, LeNetTakes28Pixels) {
  const NetworkDescription network = describe(options_for("lenet5-shift", 28));
  EXPECT_EQ(network.layer(3).in_height, 7U);
}

}  // namespace
}  // namespace colcomb::models
