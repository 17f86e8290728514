#include "colcomb/inference/plan.hpp"

#include <gtest/gtest.h>

#include "colcomb/inference/gather.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::inference {
namespace {

/// Two layers on a 4 x 5 map of two channels: a shift layer with three rows, the linear one.
QuantizedNetwork two_layers() {
  QuantizedNetwork network;
  NetworkDescription& d = network.description;
  d.input = {2, 4, 5, {0.5, 0.5}, {0.5, 0.5}, 1};
  d.classes = 1;
  LayerDescription shift;
  shift.name = "shift";
  shift.kind = LayerKind::kShift;
  shift.in_channels = 2;
  shift.out_channels = 3;
  shift.kernel = 3;
  shift.alpha = 2;
  shift.columns = {{0, -1, 0}, {1, 0, 1}};
  shift.in_height = 4;
  shift.in_width = 5;
  d.hidden = {shift};
  d.classifier = make_classifier(3, 1);
  QuantizedLayer first;
  first.weights = pack(Matrix<std::int8_t>(3, 2, std::vector<std::int8_t>{5, 0, 0, -6, 7, 0}),
                       ColumnGroups{{{1, 0}}});
  first.bias = {10, 20, 30};
  first.padding = {100, 200};
  QuantizedLayer second;
  second.weights = pack(Matrix<std::int8_t>(1, 3, std::vector<std::int8_t>{1, 2, 3}),
                        ColumnGroups{{{2}, {0}, {1}}});
  second.bias = {0};
  second.padding = {0, 0, 0};
  network.hidden = {first};
  network.classifier = second;
  return network;
}

TEST(Plan, MapsHaveTheBorderTheirReaderNeeds) {
  const NetworkPlan plan = plan_network(two_layers(), {64, 4, 64});
  const MapPlan& image = plan.maps[0];
  EXPECT_EQ(image.order, (std::vector<std::uint32_t>{1, 0}));  // as the group reads them
  EXPECT_EQ(image.padding, (std::vector<std::uint8_t>{200, 100}));
  EXPECT_EQ(image.top, 1U);
  EXPECT_EQ(image.left, 0U);
  EXPECT_EQ(image.bottom, 0U);
  EXPECT_EQ(image.right, 1U);
  EXPECT_EQ(image.pitch.pixel, 2);
  EXPECT_EQ(image.pitch.row, 12);  // 5 + 1 pixels
  EXPECT_EQ(image.origin(), kSlack + 12U);
  EXPECT_EQ(image.bytes(), kSlack + 60U + kSlack);
  EXPECT_EQ(plan.maps[1].pitch.pixel, 16);
}

TEST(Plan, ColumnsBecomeByteOffsets) {
  const NetworkPlan plan = plan_network(two_layers(), {64, 4, 64});
  ASSERT_EQ(plan.layers[0].windows.size(), 1U);
  // Channel 1 at (0, 1): one pixel on, position 0. Channel 0 at (-1, 0): a row back, position 1.
  EXPECT_EQ(plan.layers[0].windows[0].columns, (std::vector<std::ptrdiff_t>{2, -11}));
}

TEST(Plan, RowsStandInTheNextLayersOrder) {
  const NetworkPlan plan = plan_network(two_layers(), {64, 4, 64});
  EXPECT_EQ(plan.maps[1].order, (std::vector<std::uint32_t>{2, 0, 1}));
  const LayerPlan& layer = plan.layers[0];
  EXPECT_EQ(layer.bias, (std::vector<std::int32_t>{30, 10, 20}));
  EXPECT_EQ(layer.cells(0, 0).weight, 7);
  EXPECT_EQ(layer.cells(0, 0).column, 1);  // channel 0 is the group's second member
  EXPECT_EQ(layer.cells(2, 0).weight, -6);
  EXPECT_EQ(layer.cells(2, 0).column, 0);
}

std::vector<std::size_t> buffers_of(const NetworkPlan& plan) {
  std::vector<std::size_t> buffers;
  for (const MapPlan& map : plan.maps) buffers.push_back(map.buffer);
  return buffers;
}

// Layer i reads map i and writes map i + 1: a map's buffer is free once the layer behind its last
// reader writes. The image and the last map, which is pooled, have layouts of their own here:
// pixels of two bytes, not of a whole block of rows, and no border.
TEST(Plan, BuffersAreTakenOverOnceNothingReadsThem) {
  Random random(1);
  QuantizedNetwork network = tests::convolution_chain(random, 5, 2, 5);
  NetworkPlan plan = plan_network(network, {64, 4, 64});
  EXPECT_EQ(buffers_of(plan), (std::vector<std::size_t>{0, 1, 2, 1, 2, 3}));
  EXPECT_EQ(plan.buffers, 4U);

  // Layer 2 adds layer 0's output, map 1, which must then outlive the writing of map 3.
  network.description.hidden[2].residual = 0;
  plan = plan_network(network, {64, 4, 64});
  EXPECT_EQ(buffers_of(plan), (std::vector<std::size_t>{0, 1, 2, 3, 1, 4}));
  EXPECT_EQ(plan.buffers, 5U);

  // Another padding value, that of map 2, is another border, which map 4 cannot use.
  network.description.hidden[2].residual.reset();
  network.hidden[2].padding.assign(2, 8);
  EXPECT_EQ(buffers_of(plan_network(network, {64, 4, 64})),
            (std::vector<std::size_t>{0, 1, 2, 1, 3, 4}));
}

TEST(Gather, OneLoadServesAllOffsetsWithinIt) {
  const Gather gather = plan_gather({40, kNothing, 3, 18, 19}, 16);
  ASSERT_EQ(gather.loads.size(), 3U);
  EXPECT_EQ(gather.loads[0].offset, 3);  // 3 and 18
  EXPECT_EQ(gather.loads[0].lanes, 0b01100U);
  EXPECT_EQ(gather.index[2], 0);
  EXPECT_EQ(gather.index[3], 15);
}

TEST(Gather, LoadsStartALineWhereTheyCan) {
  const Gather gather = plan_gather({40, kNothing, 3, 18, 19, -5}, 16);
  ASSERT_EQ(gather.loads.size(), 3U);  // -5 and 3; 18 and 19; 40
  EXPECT_EQ(gather.loads[0].offset, -5);
  EXPECT_EQ(gather.index[2], 8);
  EXPECT_EQ(gather.loads[1].offset, 16);
  EXPECT_EQ(gather.index[3], 2);
  EXPECT_EQ(gather.index[4], 3);
  EXPECT_EQ(gather.loads[2].offset, 32);
  EXPECT_EQ(gather.index[0], 8);
}

}  // namespace
}  // namespace colcomb::inference
