// Layers that read several maps, combined for an array: what was planned is what is packed.
#include <gtest/gtest.h>

#include "colcomb/allocation/candidates.hpp"
#include "colcomb/allocation/combine_for_array.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/tiling/network_clocks.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

/// A ResNet-18's first layers, at a quarter of the width: some read two maps.
FloatNetwork branched(Random& random) {
  NetworkDescription network;
  network.input = {3, 8, 8, {0.5, 0.5, 0.5}, {0.25, 0.25, 0.25}, 1};
  network.classes = 10;
  const auto add = [&](const std::string& name, std::size_t in, std::size_t out, std::size_t side,
                       std::size_t stride) -> LayerDescription& {
    LayerDescription layer;
    layer.name = name;
    layer.in_channels = in;
    layer.out_channels = out;
    layer.kernel = 3;
    layer.stride = stride;
    layer.in_height = layer.in_width = side;
    layer.columns = convolution_columns(in, 3);
    layer.batch_norm = false;
    return network.hidden.emplace_back(std::move(layer));
  };
  add("stem", 3, 16, 8, 1);
  add("first", 16, 24, 8, 2);
  LayerDescription& sum = add("sum", 24, 24, 4, 1);
  for (std::int32_t c = 0; c < 16; ++c) sum.columns.push_back({24 + c, 0, 0});
  sum.in_channels += 16;
  sum.more_inputs.push_back({0, 16, 8, 8, 1, 2, {}});
  add("last", 24, 24, 4, 1);
  network.classifier = make_classifier(24, 10);
  return tests::random_numbers(std::move(network), random);
}

// 216 and 16 columns: 27 groups and 2 at alpha 8. On 8 columns the 27 take 4 column tiles, which
// have room for 32, the 2 take one. 36 groups are 34 and 2 or 33 and 3: a tile more.
TEST(PlannedBranches, NoTileHasGroupsOfTwoMaps) {
  Random random(9);
  FloatNetwork network = branched(random);
  ArrayConfig array;
  array.name = "test";
  array.rows = array.columns = 8;
  const CombinedForArray result = combine_for_array(network, array, {});
  validate(network, "test");
  const LayerAllocation& sum = result.allocation.layers[2];
  EXPECT_EQ(sum.least, 29U);
  EXPECT_EQ(sum.tiles, 3U * 5U);
  EXPECT_EQ(network.hidden[2].groups->size(), sum.groups);
  EXPECT_GT(sum.groups, 29U);
  std::size_t second = 0;
  for (const auto& group : network.hidden[2].groups->groups)
    second += group.front() >= 216 ? 1U : 0U;
  EXPECT_LE(second, 8U);
  EXPECT_LE(sum.groups - second, 32U);
  EXPECT_EQ(column_tiles(network.description.hidden[2], array, sum.groups + 1), 6U);
  // What was planned is what the packed network takes.
  const QuantizedNetwork packed = quantization::quantize(network);
  EXPECT_EQ(tiling::make_schedule(packed, array).tiles.size(), result.allocation.tiles);
  const auto clocks = tiling::network_clocks(array, tiling::make_schedule(packed, array));
  EXPECT_NEAR(static_cast<double>(clocks.interval), static_cast<double>(result.allocation.interval),
              0.05 * static_cast<double>(clocks.interval));
}

TEST(PlannedBranches, ABudgetIsSharedOverMaps) {
  Random random(10);
  FloatNetwork network = branched(random);
  ArrayConfig array;
  array.name = "test";
  array.rows = array.columns = 8;
  CombineForArrayOptions options;
  options.budget = Budget{Quantity::kTiles, 80};
  const CombinedForArray result = combine_for_array(network, array, options);
  validate(network, "test");
  EXPECT_LE(*result.allocation.spent, 80U);
  EXPECT_GT(*result.allocation.spent, 70U);
  EXPECT_EQ(tiling::make_schedule(quantization::quantize(network), array).tiles.size(),
            result.allocation.tiles);
}

}  // namespace
}  // namespace colcomb::allocation
