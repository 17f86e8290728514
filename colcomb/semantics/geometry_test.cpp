#include "colcomb/semantics/geometry.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/random_network.hpp"

namespace colcomb::semantics {
namespace {

/// 3 x 4 pixels, numbered row by row, read with stride 2: 2 x 2 outputs.
LayerDescription strided_layer() {
  LayerDescription layer;
  layer.in_channels = layer.out_channels = 1;
  layer.in_height = 3;
  layer.in_width = 4;
  layer.stride = 2;
  return layer;
}

std::vector<int> gathered(const LayerDescription& layer, const Column& column) {
  std::vector<int> source(layer.in_height * layer.in_width);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<int>(i);
  std::vector<int> plane(layer.sum_height() * layer.sum_width(), -7);
  gather<int>(source, layer, column, -1, plane);
  return plane;
}

// Outputs (0, 0), (0, 1), (1, 0), (1, 1) are anchored at the pixels 0, 2, 8 and 10.
TEST(ColumnGeometry, ByHand) {
  const LayerDescription layer = strided_layer();
  EXPECT_EQ(gathered(layer, {0, 0, 0}), (std::vector<int>{0, 2, 8, 10}));
  EXPECT_EQ(gathered(layer, {0, 1, 1}), (std::vector<int>{5, 7, -1, -1}));
  EXPECT_EQ(gathered(layer, {0, -1, -1}), (std::vector<int>{-1, -1, -1, 5}));
  EXPECT_EQ(gathered(layer, {0, 0, 2}), (std::vector<int>{2, -1, 10, -1}));
  EXPECT_EQ(gathered(layer, {0, 3, 0}), (std::vector<int>{-1, -1, -1, -1}));
  EXPECT_EQ(gathered(layer, {0, 0, -9}), (std::vector<int>{-1, -1, -1, -1}));
  EXPECT_EQ(input_pixel(layer, {0, 0, 0}, 1, 1), 10U);
  EXPECT_EQ(input_pixel(layer, {0, -1, -1}, 1, 1), 5U);
  EXPECT_EQ(input_pixel(layer, {0, -1, 0}, 0, 0), std::nullopt);
  EXPECT_EQ(input_pixel(layer, {0, 0, 2}, 0, 1), std::nullopt);
}

TEST(ColumnGeometry, GatherReadsTheInputPixelOfEveryOutput) {
  std::size_t outside = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const NetworkDescription network = tests::random_description(random);
    for (const LayerDescription& layer : network.all()) {
      for (const Column& column : layer.columns) {
        const std::vector<int> plane = gathered(layer, column);
        for (std::size_t y = 0; y < layer.sum_height(); ++y) {
          for (std::size_t x = 0; x < layer.sum_width(); ++x) {
            const auto pixel = input_pixel(layer, column, y, x);
            outside += pixel ? 0 : 1;
            ASSERT_EQ(plane[y * layer.sum_width() + x], pixel ? static_cast<int>(*pixel) : -1)
                << "seed " << seed << ", " << layer.name;
          }
        }
      }
    }
  }
  EXPECT_GT(outside, 1000U);
}

// 6 x 5 pixels behind layer 0; layers 1 and 2 move by 2 and 1, so layer 2's pixel (2, 1) adds the
// source's (4, 2).
TEST(ResidualGeometry, ByHand) {
  NetworkDescription network;
  network.hidden.resize(3);
  for (LayerDescription& layer : network.hidden) {
    layer.in_height = 3;
    layer.in_width = 3;
  }
  network.hidden[0].in_height = network.hidden[1].in_height = 6;
  network.hidden[0].in_width = network.hidden[1].in_width = 5;
  network.hidden[1].stride = 2;
  network.hidden[2].residual = 0;
  const ResidualPixels pixel(network, 2);
  EXPECT_EQ(pixel(0, 0), 0U);
  EXPECT_EQ(pixel(2, 1), 4U * 5 + 2);
}

}  // namespace
}  // namespace colcomb::semantics
