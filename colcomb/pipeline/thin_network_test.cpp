#include "colcomb/pipeline/thin_network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb::pipeline {
namespace {

using ::testing::ElementsAre;

/// Tiles of 10 filters, so that 11 cost as much as 20.
std::uint64_t tiles(const NetworkOptions& network) {
  std::uint64_t sum = 0;
  for (const std::size_t filters : network.blocks.filters) sum += (filters + 9) / 10;
  return sum;
}

NetworkOptions blocks(std::vector<std::size_t> filters) {
  NetworkOptions network;
  network.blocks.filters = std::move(filters);
  network.blocks.groups.assign(network.blocks.filters.size(), 8);
  return network;
}

TEST(Thinned, TakesTheWidestThatIsCheapEnough) {
  EXPECT_THAT(thinned(blocks({64, 64}), tiles, 14).blocks.filters, ElementsAre(64U, 64U));
  // 64 * 40 / 64 = 40: four tiles each.
  EXPECT_THAT(thinned(blocks({64, 64}), tiles, 8).blocks.filters, ElementsAre(40U, 40U));
  // Half of 64 and 32, 32 and 16 filters, is four and two tiles; the last block is then filled up,
  // and the first.
  EXPECT_THAT(thinned(blocks({64, 32}), tiles, 6).blocks.filters, ElementsAre(40U, 20U));
}

TEST(Thinned, SaysWhatCannotBe) {
  EXPECT_THROW((void)thinned(blocks({64, 64}), tiles, 1), UserError);
  NetworkOptions file = blocks({64});
  file.model.name = "net.toml";
  EXPECT_THROW((void)thinned(file, tiles, 100), UserError);
}

TEST(Thinned, PublishedNetworksByTheirWidth) {
  NetworkOptions network;
  network.model.name = "resnet20-shift";
  const auto cost = [](const NetworkOptions& n) {
    return static_cast<std::uint64_t>(1000 * n.model.width);
  };
  EXPECT_DOUBLE_EQ(thinned(network, cost, 500).model.width, 0.5);
  EXPECT_EQ(describe_widths(thinned(network, cost, 500)), "resnet20-shift x 0.5");
}

TEST(WithAlpha, GivesEveryBlockTheSame) {
  NetworkOptions network = blocks({8, 8, 8});
  network.alpha_of_array = true;
  EXPECT_THAT(with_alpha(network, 3).blocks.groups, ElementsAre(3U, 3U, 3U));
  EXPECT_FALSE(with_alpha(network, 3).alpha_of_array);
  EXPECT_THAT(without_combining(network).blocks.groups, ElementsAre(1U, 1U, 1U));
  EXPECT_EQ(describe_widths(network), "filters 8 8 8");
}

}  // namespace
}  // namespace colcomb::pipeline
