#include "colcomb/tiling/network_clocks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/program.hpp"
#include "colcomb/tiling/tile_clocks.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::tiling {
namespace {

using tests::mx_array;

// 16 filters on 16 channels of 4 x 4 pixels, 4 groups, on an array of 8 x 8: two row tiles of 16
// input words, 8 clocks each. Then the classifier, 10 filters on 16 columns: two row tiles of two
// column tiles.
TEST(NetworkClocks, PlannedByHand) {
  const NetworkDescription network = tests::pointwise_chain({16, 16}, 4, 8);
  const ArrayConfig config = mx_array(8, 8);
  const NetworkClocks clocks = planned_clocks(network, config, {4, 16});
  EXPECT_EQ(clocks.tiles, 2U + 4U);
  // From an image's first tile on: 256 clocks of the first layer, whose last result is written in
  // 256 - 8 + 8 + 8 - 1 + 32 = 295; the classifier begins at 295 + 22 = 317, its second column tile
  // at 317 + 44 = 361, whose logits are written in 361 + 47 = 408. They go to DRAM in two clocks
  // from 409 on, for the sixth tile. Then the next image's 256 bytes come in 16, till 427, and only
  // then are its first tile's weights loaded, 8 rows of two clocks and one more.
  EXPECT_EQ(clocks.interval, 427U + 17U);
}

// Whether the shape is taken from packed matrices or planned makes no difference where the groups
// are as even as planned: same tiles, same clocks.
TEST(NetworkClocks, PlanEqualsThePackedNetwork) {
  for (const std::size_t alpha : {1U, 2U, 4U, 8U}) {
    tests::BlockNetwork blocks{{16, 32}, {2, 2}, {1, 2}, {alpha, alpha}, 3, 16, 10};
    const QuantizedNetwork network = tests::filled_block_network(blocks, alpha);
    std::vector<std::size_t> groups;
    for (const QuantizedLayer& layer : network.all()) groups.push_back(layer.weights.groups.size());
    for (const std::size_t side : {4U, 8U, 32U}) {
      SCOPED_TRACE(fmt::format("alpha {}, {} x {}", alpha, side, side));
      const ArrayConfig config = mx_array(side, side);
      const NetworkClocks packed =
          network_clocks(network.description, config, make_program(network, config));
      EXPECT_EQ(planned_clocks(network.description, config, groups), packed);
    }
  }
}

TEST(NetworkClocks, LatencyIsTheFirstBatchsLastResult) {
  const NetworkDescription network = tests::pointwise_chain({8, 24, 24}, 6, 4);
  ArrayConfig config = mx_array(8, 8);
  config.weight_bytes = 200;  // every tile reads its weights anew
  std::vector<PackedShape> shapes;
  for (std::size_t i = 0; i < 3; ++i)
    shapes.push_back(planned_shape(network.layer(i), config, network.layer(i).columns.size()));
  const TileProgram program = make_program(network, shapes, config);
  TileClocks clocks(network, config, program);
  Clock last = 0;
  for (std::size_t t = 0; t < program.tiles.size(); ++t)
    last = std::max(last, clocks.next().last_result);
  EXPECT_EQ(network_clocks(network, config, program).latency, static_cast<std::uint64_t>(last) + 1);
}

TEST(PlannedShape, SpreadsColumnsEvenly) {
  NetworkDescription network = tests::pointwise_chain({10, 7}, 3, 4);
  const ArrayConfig config = mx_array(4, 3);
  const PackedShape shape = planned_shape(network.hidden[0], config, 4);
  EXPECT_EQ(shape.rows, 7U);
  EXPECT_EQ(shape.groups, 4U);
  ASSERT_EQ(shape.column_tiles.size(), 2U);
  EXPECT_EQ(shape.column_tiles[0].members, 7U);  // 10 columns in 4 groups: three of them hold 7
  EXPECT_EQ(shape.column_tiles[1].members, 3U);
  EXPECT_EQ(shape.nonzeros, (std::vector<std::uint64_t>{12, 4, 9, 3}));
  // More groups than columns are no more groups.
  EXPECT_EQ(planned_shape(network.hidden[0], config, 99).groups, 10U);
}

}  // namespace
}  // namespace colcomb::tiling
