#include "colcomb/tiling/network_clocks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/schedule.hpp"
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
  // The first image: 1024 bytes (16 planes of one burst) and all weights, of two tiles 64 bytes
  // each, then 128, 128, 64 and 64, come in 32 + 96 = 128 clocks. The first load begins at 131 and
  // takes 17, the layer's 256 clocks of words begin at 148, its last result is there at 148 + 248 +
  // 48 = 444 and its means can be read, four bytes of a column's bank in one clock each, 1 + 18
  // later: the classifier's first word begins at 444 + 19 + 5 = 468, that of its second column tile
  // at 468 + 44 = 512; the logits, 8 bursts, are there at 560 and seen at 561. The third tile
  // begins with the end of the second, 520. Before the fourth loads its weights, those 512 bytes go
  // to DRAM, till 561 + 32 = 593, so that it begins at 593 + 3 + 5 = 601.
  EXPECT_EQ(clocks.latency, 601U + 48U + 1U);
  // Then the next image comes in 32 + 64 clocks, till 593 + 96 = 689, and only then are its first
  // tile's weights loaded: its first word begins at 689 + 3 + 17 = 709, the first image's at 148.
  EXPECT_EQ(clocks.interval, 709U - 148U);
}

// Whether the shape is taken from packed matrices or planned makes no difference where the groups
// are as even as planned and banks take a row tile's results in few clocks: same tiles, same
// clocks. The plan does not know how a row tile's channels spread over the banks.
TEST(NetworkClocks, PlanEqualsThePackedNetwork) {
  for (const std::size_t alpha : {1U, 2U, 4U, 8U}) {
    tests::BlockNetwork blocks{{16, 32}, {2, 2}, {1, 2}, {alpha, alpha}, 3, 16, 10};
    const QuantizedNetwork network = tests::filled_block_network(blocks, alpha);
    std::vector<std::size_t> groups;
    for (const QuantizedLayer& layer : network.all()) groups.push_back(layer.weights.groups.size());
    for (const std::size_t side : {4U, 8U, 32U}) {
      SCOPED_TRACE(fmt::format("alpha {}, {} x {}", alpha, side, side));
      ArrayConfig config = mx_array(side, side);
      const NetworkClocks packed = network_clocks(config, make_schedule(network, config));
      const NetworkClocks planned = planned_clocks(network.description, config, groups);
      EXPECT_EQ(planned.tiles, packed.tiles);
      EXPECT_LE(planned.latency, packed.latency);
      EXPECT_LE(static_cast<double>(packed.latency), 1.01 * static_cast<double>(planned.latency));
      EXPECT_LE(static_cast<double>(packed.interval), 1.01 * static_cast<double>(planned.interval));
      config.bank_ports = 8;
      EXPECT_EQ(planned_clocks(network.description, config, groups),
                network_clocks(config, make_schedule(network, config)));
    }
  }
}

TEST(NetworkClocks, LatencyIsTheFirstBatchsLastResult) {
  const NetworkDescription network = tests::pointwise_chain({8, 24, 24}, 6, 4);
  ArrayConfig config = mx_array(8, 8);
  config.weight_bytes = 200;  // every tile reads its weights anew
  const std::vector<PackedShape> shapes = planned_shapes(network, config, {8, 24, 24});
  const Schedule schedule = make_schedule(network, shapes, config);
  TileClocks clocks(config, schedule);
  Clock last = 0;
  for (std::size_t t = 0; t < schedule.tiles.size(); ++t)
    last = std::max(last, clocks.next().last_result);
  EXPECT_EQ(network_clocks(config, schedule).latency, static_cast<std::uint64_t>(last) + 1);
}

TEST(PlannedShape, SpreadsColumnsEvenly) {
  NetworkDescription network = tests::pointwise_chain({10, 7}, 3, 4);
  const ArrayConfig config = mx_array(4, 3);
  const PackedShape shape = planned_shapes(network, config, {4, 7})[0];
  EXPECT_EQ(shape.rows, 7U);
  EXPECT_EQ(shape.groups, 4U);
  ASSERT_EQ(shape.column_tiles.size(), 2U);
  EXPECT_EQ(shape.column_tiles[0].members, 7U);  // 10 columns in 4 groups: three of them hold 7
  EXPECT_EQ(shape.column_tiles[1].members, 3U);
  EXPECT_EQ(shape.nonzeros, (std::vector<std::uint64_t>{12, 4, 9, 3}));
  // More groups than columns are no more groups.
  EXPECT_EQ(planned_shapes(network, config, {99, 7})[0].groups, 10U);
}

}  // namespace
}  // namespace colcomb::tiling
