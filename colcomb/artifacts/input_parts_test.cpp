#include "colcomb/artifacts/input_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;

/// A 3 x 3 layer of 2 filters on the image, one of 3 with stride 2 on it, and one of 4 that adds a
/// 3 x 3 product of the second to a pointwise one of the first with stride 2: a block with a
/// projection shortcut.
QuantizedNetwork projection() {
  QuantizedNetwork network;
  NetworkDescription& d = network.description;
  d.input = {1, 5, 6, {0.5}, {0.25}, 1};
  d.classes = 2;
  const auto layer = [](const char* name, std::size_t in, std::size_t out, std::size_t stride,
                        std::size_t height, std::size_t width) {
    LayerDescription made;
    made.name = name;
    made.in_channels = in;
    made.out_channels = out;
    made.kernel = 3;
    made.stride = stride;
    made.alpha = 4;
    made.columns = convolution_columns(in, 3);
    made.in_height = height;
    made.in_width = width;
    return made;
  };
  d.hidden = {layer("stem", 1, 2, 1, 5, 6), layer("down", 2, 3, 2, 5, 6),
              layer("sum", 3, 4, 1, 3, 3)};
  LayerDescription& sum = d.hidden.back();
  sum.in_channels = 5;
  sum.more_inputs = {{0, 2, 5, 6, 1, 2, {}}};
  sum.columns.push_back({3, 0, 0});
  sum.columns.push_back({4, 0, 0});
  d.classifier = make_classifier(4, 2);
  network.hidden.resize(3);
  for (std::size_t i = 0; i < 4; ++i) {
    const LayerDescription& description = d.layer(i);
    QuantizedLayer& numbers = network.layer(i);
    const std::size_t columns = description.columns.size();
    numbers.weights = pack(Matrix<std::int8_t>(description.out_channels, columns, std::int8_t{1}),
                           singleton_groups(columns));
    numbers.bias.assign(description.out_channels, 0);
    numbers.padding.assign(description.in_channels, 0);
  }
  return network;
}

TEST(InputParts, AreLayersOfOneMapEach) {
  const QuantizedNetwork network = projection();
  validate(network, "network");
  const std::vector<LayerPart> parts = parts_of(network.description, 2);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].source, 1U);
  EXPECT_EQ(parts[0].reader.columns, convolution_columns(3, 3));
  EXPECT_EQ(parts[0].reader.in_height, 3U);
  EXPECT_EQ(parts[1].source, 0U);
  EXPECT_EQ(parts[1].channel_begin, 3U);
  EXPECT_EQ(parts[1].column_begin, 27U);
  EXPECT_EQ(parts[1].column_end(), 29U);
  EXPECT_EQ(parts[1].reader.columns, convolution_columns(2, 1));
  EXPECT_EQ(parts[1].reader.in_height, 5U);
  EXPECT_EQ(parts[1].reader.stride, 2U);
  EXPECT_EQ(parts[1].reader.sum_height(), 3U);
  EXPECT_EQ(part_of_column(parts, 26), 0U);
  EXPECT_EQ(part_of_column(parts, 27), 1U);
  EXPECT_EQ(part_of_channel(network.description.hidden[2], 2), 0U);
  EXPECT_EQ(part_of_channel(network.description.hidden[2], 3), 1U);
  EXPECT_EQ(describe_inputs(network.description, 2), "down + stem");
  EXPECT_EQ(describe_inputs(network.description, 0), "image");
  EXPECT_FALSE(is_chain(network.description));
  const QuantizedLayer own = layer_of_part(network.hidden[2], parts[1]);
  EXPECT_EQ(own.weights.groups, singleton_groups(2));
  EXPECT_EQ(unpack(own.weights), Matrix<std::int8_t>(4, 2, std::int8_t{1}));
  EXPECT_EQ(own.padding.size(), 2U);
}

TEST(InputParts, ResidualStrideGoesAlongTheInputsBehindTheSource) {
  NetworkDescription network = projection().description;
  network.hidden[2].residual = 0;  // behind it by its first input, stride 2, and by its second
  validate(network, "network");
  EXPECT_EQ(residual_stride(network, 2), 2U);
  network.hidden[2].residual = 1;
  EXPECT_EQ(residual_stride(network, 2), 1U);
}

TEST(InputParts, RulesAreNamed) {
  const auto refused = [](const std::function<void(QuantizedNetwork&)>& change) -> std::string {
    QuantizedNetwork network = projection();
    change(network);
    try {
      validate(network, "file");
    } catch (const UserError& error) {
      return error.what();
    }
    return "accepted";
  };
  using N = QuantizedNetwork;
  const auto sum = [](N& n) -> LayerDescription& { return n.description.hidden[2]; };
  EXPECT_EQ(refused([](N&) {}), "accepted");
  EXPECT_THAT(refused([&](N& n) { sum(n).source = 1; }),
              HasSubstr("layer sum: source is '1': must be a layer before the one before"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].source = 2; }),
              HasSubstr("layer sum: source of a further input is '2': must be an earlier layer"));
  EXPECT_THAT(refused([](N& n) {
                n.description.hidden[0].more_inputs = {{0, 1, 5, 6, 3, 1, {}}};
              }),
              HasSubstr("layer stem: inputs is 'several': must be one"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs.resize(64, sum(n).more_inputs[0]); }),
              HasSubstr("layer sum: inputs is '65': must be at most 64"));
  EXPECT_THAT(refused([&](N& n) { sum(n).kind = LayerKind::kShift; }),
              HasSubstr("must be a convolution in one group"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].channels = 0; }),
              HasSubstr("channels of a further input is '0'"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].channels = 5; }),
              HasSubstr("must leave at least one for the first map"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].stride = 0; }),
              HasSubstr("layer sum: input 1: stride is '0': must be 1 to 64"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].height = 6; }),
              HasSubstr("layer sum: input 1: input is '2 x 6 x 6'"));
  EXPECT_THAT(refused([&](N& n) { sum(n).more_inputs[0].stride = 1; }),
              HasSubstr("layer sum: inputs is '3 x 3 and 5 x 6 sums': must give sums of one size"));
  EXPECT_THAT(refused([&](N& n) { std::swap(sum(n).columns[26], sum(n).columns[27]); }),
              HasSubstr("must stand in the order of the maps"));
  EXPECT_THAT(refused([&](N& n) { sum(n).columns.back().channel = 5; }),
              HasSubstr("layer sum: input 1: columns is '1': must be one per channel and tap"));
  EXPECT_THAT(refused([](N& n) {
                n.description.hidden[2].more_inputs[0] = {1, 3, 3, 3, 1, 1, {}};
                n.description.hidden[2].in_channels = 6;
                n.description.hidden[2].columns.push_back({5, 0, 0});
                n.description.hidden[1].source.reset();
                n.description.hidden.insert(n.description.hidden.begin() + 2,
                                            n.description.hidden[1]);
                n.description.hidden[2].name = "lost";
                n.description.hidden[2].source = 0;
                n.description.hidden[3].source = 1;
              }),
              HasSubstr("layer lost: output is 'not read': must be read by a later layer"));
  EXPECT_THAT(refused([](N& n) {
                auto& groups = n.hidden[2].weights.groups.groups;
                groups[26].push_back(27);
                groups.erase(groups.begin() + 27);
                n.hidden[2].weights.values = Matrix<std::int8_t>(4, 28);
                n.hidden[2].weights.selects = Matrix<std::uint8_t>(4, 28);
              }),
              HasSubstr("layer sum: group 26 is 'columns 26 and 27': must have columns of one"));
  EXPECT_THAT(refused([](N& n) { n.hidden[2].padding[4] = 7; }),
              HasSubstr("layer sum: padding of channel 4 is '7': must be the same in all layers"));
}

TEST(InputParts, WhatTakesChainsAloneSaysSo) {
  try {
    require_chain(projection().description, "cross-layer pipelining");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "layer sum: inputs is 'down + stem': must be the layer before alone: cross-layer "
                 "pipelining takes chains of layers with identity shortcuts only");
  }
}

}  // namespace
}  // namespace colcomb
