#include "colcomb/artifacts/conv_groups.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

LayerDescription layer_of(std::size_t channels, std::size_t filters, std::size_t kernel,
                          std::size_t conv_groups) {
  LayerDescription layer;
  layer.in_channels = channels;
  layer.out_channels = filters;
  layer.kernel = kernel;
  layer.conv_groups = conv_groups;
  layer.columns = convolution_columns(channels, kernel);
  return layer;
}

TEST(ConvGroups, PutRowsAndChannelsSideBySide) {
  EXPECT_EQ(conv_group_mask(layer_of(4, 2, 1, 2)), Matrix<std::uint8_t>(2, 4,
                                                                        {1, 1, 0, 0,  //
                                                                         0, 0, 1, 1}));
  EXPECT_EQ(conv_group_mask(layer_of(2, 4, 1, 2)), Matrix<std::uint8_t>(4, 2,
                                                                        {1, 0,  //
                                                                         1, 0,  //
                                                                         0, 1,  //
                                                                         0, 1}));
  EXPECT_EQ(conv_group_mask(layer_of(3, 2, 3, 1)), Matrix<std::uint8_t>(2, 27, 1));
}

TEST(ConvGroups, HoldWhatExpandGroupedConvolutionLeaves) {
  for (const std::size_t groups : {1U, 2U, 3U, 6U}) {
    const LayerDescription layer = layer_of(6, 12, 3, groups);
    const Matrix<float> within(12, 54 / groups, 1.0F);
    const Matrix<float> full = expand_grouped_convolution(within, groups);
    const Matrix<std::uint8_t> mask = conv_group_mask(layer);
    for (std::size_t i = 0; i < mask.size(); ++i)
      EXPECT_EQ(mask.values()[i], full.values()[i]) << groups << " groups, entry " << i;
    EXPECT_EQ(weight_count(layer), within.size());
  }
}

// The channel decides, not the column's place: shift layers' columns may come in any order.
TEST(ConvGroups, GoByTheColumnsChannel) {
  LayerDescription layer = layer_of(2, 2, 1, 2);
  std::swap(layer.columns[0], layer.columns[1]);
  EXPECT_EQ(conv_group_mask(layer), Matrix<std::uint8_t>(2, 2, {0, 1, 1, 0}));
}

}  // namespace
}  // namespace colcomb
