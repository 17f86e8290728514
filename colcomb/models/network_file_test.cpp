#include "colcomb/models/network_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

PresetOptions preset_of(const std::string& name) {
  PresetOptions options;
  options.name = name;
  options.alpha = 4;
  options.input.mean.assign(3, .5);
  options.input.std.assign(3, .25);
  options.seed = 3;
  return options;
}

std::string example(const std::string& name) {
  return std::string(COLCOMB_EXAMPLES "/networks/") + name;
}

std::string error_of(const std::string& toml, PresetOptions options = preset_of("net.toml")) {
  try {
    (void)describe(parse_layer_list(toml, "net.toml"), options, "net.toml");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(NetworkFile, IsToldByItsEnding) {
  EXPECT_TRUE(names_network_file("a/net.toml"));
  EXPECT_FALSE(names_network_file("resnet20-shift"));
}

TEST(NetworkFile, CanDescribeAPublishedNetwork) {
  EXPECT_EQ(describe_model(preset_of(example("resnet20-shift.toml"))),
            describe(preset_of("resnet20-shift")));
}

TEST(NetworkFile, FillsInWhatALayerDoesNotSay) {
  const NetworkDescription network = describe_model(preset_of(example("small.toml")));
  ASSERT_EQ(network.layer_count(), 8U);
  EXPECT_EQ(network.layer(0).name, "layer1");
  EXPECT_EQ(network.layer(0).alpha, 1U);
  EXPECT_EQ(network.layer(2).name, "layer2.2");
  EXPECT_EQ(network.layer(2).alpha, 4U);
  EXPECT_EQ(network.layer(3).stride, 2U);
  EXPECT_EQ(network.layer(4).stride, 1U);  // of repeated layers the first has the stride
  EXPECT_EQ(network.layer(6).alpha, 8U);
  EXPECT_EQ(network.layer(6).in_height, 8U);
  EXPECT_EQ(network.classifier.columns.size(), 128U);
}

TEST(NetworkFile, DescribesGroupedConvolutions) {
  PresetOptions options = preset_of(example("mobilenet-like-0.25.toml"));
  const NetworkDescription file = describe_model(options);
  options.name = "mobilenet-like";
  options.width = 0.25;
  EXPECT_EQ(file, describe(options));
  const auto network =
      describe(parse_layer_list("[[layer]]\nfilters = 8\n"
                                "[[layer]]\nfilters = 12\nconv_groups = 4\nrepeat = 2\n"
                                "[[layer]]\nkind = \"shift\"\nfilters = 6\nconv_groups = 3\n",
                                "n"),
               preset_of(""), "n");
  EXPECT_EQ(network.layer(0).conv_groups, 1U);
  EXPECT_EQ(network.layer(1).conv_groups, 4U);
  EXPECT_EQ(network.layer(2).conv_groups, 4U);
  EXPECT_EQ(network.layer(3).conv_groups, 3U);
}

TEST(NetworkFile, LayersWithoutAlphaTakeTheFlags) {
  const auto network = describe(
      parse_layer_list("[[layer]]\nfilters = 8\n[[layer]]\nfilters = 8\nkernel = 5\n", "n"),
      preset_of(""), "n");
  EXPECT_EQ(network.layer(0).alpha, 1U);
  EXPECT_EQ(network.layer(1).alpha, 4U);
  EXPECT_EQ(network.layer(1).columns.size(), 8U * 25);
  EXPECT_EQ(network.layer(0).columns.size(), 3U * 9);
}

TEST(NetworkFile, MistakesAreNamed) {
  const std::string good = "[[layer]]\nfilters = 8\n";
  const auto all = [](auto... parts) { return AllOf(HasSubstr("net.toml"), HasSubstr(parts)...); };
  EXPECT_THAT(error_of(""), all("at least one [[layer]]"));
  EXPECT_THAT(error_of("[[layer]\n"), all("line 1"));
  EXPECT_THAT(error_of("dropout = 0.5\n" + good), all("unknown key", "dropout"));
  EXPECT_THAT(error_of("[layer]\nfilters = 8\n"), all("[[layer]] tables"));
  EXPECT_THAT(error_of("layer = [3]\n"), all("layer 1", "table"));
  EXPECT_THAT(error_of("[[layer]]\n"), all("layer 1, filters", "must be given"));
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 0\n"), all("layer 2, filters", "0", "1 to"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8.5\n"), all("filters", "8.5", "whole number"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nfilter = 3\n"), all("unknown key", "filter"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nkind = \"pool\"\n"), all("kind", "pool", "shift"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nkernel = 4\n"), all("kernel", "4", "odd"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nkind = \"shift\"\nkernel = 1\n"),
              all("kernel", "1", "3, 5, 7 or 9"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nalpha = 65\n"), all("alpha", "65", "1 to 64"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nname = 3\n"), all("name", "3", "text"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nrepeat = 5000\n"), all("repeat", "5000"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nname = \"linear\"\n"), all("name", "taken"));
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 8\nname = \"layer1\"\n"),
              all("layer 2, name", "layer1", "taken"));
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 8\nresidual = \"layer2\"\n"),
              all("layer 2, residual", "layer2", "earlier layer"));
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\nconv_groups = 0\n"),
              all("layer 1, conv_groups", "'0'", "whole number from 1"));
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 12\nconv_groups = 8\n"),
              all("layer 2, conv_groups", "'8'", "must divide the 12 filters"));
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 6\nconv_groups = 3\n"),
              all("layer 2, conv_groups", "'3'", "must divide the 8 input channels"));
  // The second of the repeated layers reads 12 channels.
  EXPECT_THAT(error_of(good + "[[layer]]\nfilters = 12\nconv_groups = 8\nrepeat = 2\n"),
              all("layer 2, conv_groups", "'8'"));
  // More channels than the layer has: a rule of every network, whatever it comes from.
  EXPECT_THAT(error_of("[[layer]]\nfilters = 9\n" + good +
                       "[[layer]]\nfilters = 8\nresidual = \"layer1\"\n"),
              all("layer3", "residual"));
}

TEST(NetworkFile, FlagsOfPublishedNetworksAreRefused) {
  PresetOptions options = preset_of("net.toml");
  options.width = 0.5;
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\n", options), HasSubstr("network.width"));
  options.width = 1;
  options.alpha = 65;
  EXPECT_THAT(error_of("[[layer]]\nfilters = 8\n", options), HasSubstr("network.alpha"));
}

TEST(NetworkFile, AMissingFileIsNamed) {
  try {
    (void)describe_model(preset_of("no/such/net.toml"));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no/such/net.toml"));
  }
}

}  // namespace
}  // namespace colcomb::models
