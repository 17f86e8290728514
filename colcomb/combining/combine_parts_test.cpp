#include "colcomb/combining/combine_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::combining {
namespace {

TEST(CombineParts, GroupsLieWithinPartsAndHoldOneWeightARow) {
  std::size_t layers = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    FloatNetwork network = tests::random_float_network(random, tests::random_branches(random));
    NetworkCombineOptions options;
    options.pruning.rate = 0.3;
    options.alpha = 4;
    options.grouping.search_steps = 200;
    const NetworkCombined combined = combine_network(network, options);
    EXPECT_LE(combined.retained_magnitude, 1);
    ASSERT_NO_THROW(validate(network, "network"));  // groups within parts among others
    for (std::size_t i = 0; i < network.hidden.size(); ++i) {
      const FloatLayer& layer = network.hidden[i];
      if (network.description.hidden[i].more_inputs.empty()) continue;
      ++layers;
      for (const auto& group : layer.groups->groups) {
        for (std::size_t n = 0; n < layer.mask.rows(); ++n) {
          EXPECT_LE(std::ranges::count_if(
                        group, [&](std::uint32_t column) { return layer.mask(n, column) != 0; }),
                    1);
        }
      }
    }
  }
  EXPECT_GT(layers, 20U);
}

// Two maps of two columns each that do not conflict: one group would do for all four.
TEST(CombineParts, ColumnsOfTwoMapsAreNotCombined) {
  NetworkDescription network;
  network.hidden.resize(3);
  network.hidden[2].in_channels = 4;
  network.hidden[2].columns = convolution_columns(4, 1);
  network.hidden[2].more_inputs = {{0, 2, 1, 1, 1, 1, {}}};
  const Matrix<float> weights(4, 4, {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4});
  const Matrix<std::uint8_t> all(4, 4, std::uint8_t{1});
  CombineOptions options;
  options.grouping.alpha = 4;
  const Combined combined = combine_parts(parts_of(network, 2), weights, all, options);
  EXPECT_EQ(combined.groups, (ColumnGroups{{{0, 1}, {2, 3}}}));
  EXPECT_EQ(combined.retained_magnitude, 1);
  EXPECT_EQ(combine_columns(weights, options).groups, (ColumnGroups{{{0, 1, 2, 3}}}));
}

TEST(CombineParts, GroupsAreSharedOutByColumns) {
  EXPECT_EQ(share_groups({8, 2}, 2, 8), (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(share_groups({8, 2}, 5, 8), (std::vector<std::size_t>{4, 1}));
  EXPECT_EQ(share_groups({8, 2}, 99, 8), (std::vector<std::size_t>{8, 2}));
  EXPECT_EQ(share_groups({9, 0}, 3, 4), (std::vector<std::size_t>{3, 0}));
  EXPECT_THROW((void)share_groups({8, 2}, 1, 8), UserError);
}

}  // namespace
}  // namespace colcomb::combining
