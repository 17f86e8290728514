#include "colcomb/allocation/candidates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/network_clocks.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

using ::testing::ElementsAre;
using tests::mx_array;

std::vector<std::size_t> groups_of(const std::vector<Candidate>& candidates) {
  std::vector<std::size_t> groups;
  for (const Candidate& candidate : candidates) groups.push_back(candidate.groups);
  return groups;
}

TEST(Candidates, FewestAndMostGroups) {
  NetworkDescription network = tests::pointwise_chain({10, 24, 8}, 4, 3);
  EXPECT_THAT(least_groups(network), ElementsAre(4U, 8U, 8U));
  EXPECT_THAT(most_groups(network), ElementsAre(10U, 24U, 8U));
  network.hidden[1].fixed = true;
  EXPECT_THAT(least_groups(network), ElementsAre(4U, 24U, 8U));
}

// 20 filters are three row tiles of 8: a column tile more costs three tiles.
TEST(Candidates, TilesAreAStepFunction) {
  const NetworkDescription network = tests::pointwise_chain({30, 20}, 4, 4);
  const auto found = candidates(network, mx_array(8, 8), Quantity::kTiles);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(groups_of(found[0]), ElementsAre(8U, 16U, 24U, 30U));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found[0][i].cost, 3 * i);
  EXPECT_THAT(groups_of(found[1]), ElementsAre(20U));  // the classifier has alpha 1
}

TEST(Candidates, EveryGroupCostsMultiplyAccumulates) {
  const NetworkDescription network = tests::pointwise_chain({6, 5}, 3, 4);
  const auto found = candidates(network, mx_array(8, 8), Quantity::kMacs);
  EXPECT_THAT(groups_of(found[0]), ElementsAre(2U, 3U, 4U, 5U, 6U));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(found[0][i].cost, i * 5 * 9);
  EXPECT_EQ(cost_of(network, mx_array(8, 8), Quantity::kMacs, {2, 5}), 2U * 5 * 9 + 10 * 5);
}

// 16 x 16 pixels keep the array busy for 2048 clocks a tile, so that one tile more costs these.
TEST(Candidates, ClocksAreThoseOfTheWholeNetwork) {
  const NetworkDescription network = tests::pointwise_chain({16, 16}, 16, 4);
  const ArrayConfig array = mx_array(8, 8);
  const auto found = candidates(network, array, Quantity::kInterval);
  EXPECT_THAT(groups_of(found[0]), ElementsAre(8U, 16U));
  EXPECT_EQ(found[0][0].cost, 0U);
  EXPECT_EQ(found[0][1].cost, 2U * 2048);
  EXPECT_EQ(cost_of(network, array, Quantity::kLatency, {8, 16}),
            tiling::planned_clocks(network, array, {8, 16}).latency);
  EXPECT_EQ(cost_of(network, array, Quantity::kInterval, {8, 16}),
            tiling::planned_clocks(network, array, {8, 16}).interval);
}

TEST(Candidates, AnArrayPerLayerHasNoCommonClocks) {
  const NetworkDescription network = tests::pointwise_chain({16, 16}, 16, 4);
  ArrayConfig array = mx_array(8, 8);
  array.cross_layer = true;
  EXPECT_THROW((void)cost_of(network, array, Quantity::kInterval, {8, 16}), UserError);
  EXPECT_GT(cost_of(network, array, Quantity::kMacs, {8, 16}), 0U);
}

}  // namespace
}  // namespace colcomb::allocation
