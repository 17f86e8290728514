#include "colcomb/combining/combine_to_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::combining {
namespace {

FloatNetwork sample(std::uint64_t seed) {
  Random random(seed);
  return tests::random_numbers(tests::pointwise_chain({6, 12, 20}, 2, 8), random);
}

std::size_t ones(const Matrix<std::uint8_t>& mask) {
  return static_cast<std::size_t>(std::ranges::count(mask.values(), 1));
}

TEST(CombineToGroups, FillsEveryCellOfTheGroupsItMayHave) {
  FloatNetwork network = sample(1);
  CombineToGroupsOptions options;
  options.groups = {6, 5, 20};
  const NetworkCombined combined = combine_to_groups(network, options);
  // As many groups as columns: dense, and no mask is made.
  EXPECT_TRUE(network.hidden[0].mask.empty());
  EXPECT_EQ(network.hidden[0].groups, singleton_groups(6));
  EXPECT_TRUE(network.classifier.mask.empty());
  // 20 x 12 into 5 groups: one weight in each of 20 x 5 cells.
  EXPECT_EQ(network.hidden[1].groups->size(), 5U);
  EXPECT_EQ(ones(network.hidden[1].mask), 100U);
  for (std::size_t n = 0; n < 20; ++n) {
    for (const auto& group : network.hidden[1].groups->groups) {
      std::size_t kept = 0;
      float largest = 0;
      for (const std::uint32_t m : group) {
        kept += network.hidden[1].mask(n, m);
        largest = std::max(largest, std::fabs(network.hidden[1].weights(n, m)));
      }
      EXPECT_EQ(kept, 1U);
      for (const std::uint32_t m : group) {
        const float kept_one =
            network.hidden[1].mask(n, m) != 0 ? network.hidden[1].weights(n, m) : largest;
        EXPECT_EQ(std::fabs(kept_one), largest);
      }
    }
  }
  ASSERT_EQ(combined.layers.size(), 3U);
  EXPECT_EQ(combined.layers[0].retained_magnitude, 1);
  EXPECT_LT(combined.layers[1].retained_magnitude, 1);
  validate(network, "test");
}

TEST(CombineToGroups, PrunedWeightsComeBackUnlessTheyAreToStay) {
  for (const bool stay : {false, true}) {
    FloatNetwork network = sample(2);
    network.hidden[1].mask = Matrix<std::uint8_t>(20, 12, std::uint8_t{0});
    for (std::size_t n = 0; n < 20; ++n) network.hidden[1].mask(n, n % 12) = 1;
    network.hidden[0].mask = Matrix<std::uint8_t>(12, 6, std::uint8_t{0});
    network.hidden[0].mask(3, 3) = 1;
    CombineToGroupsOptions options;
    options.groups = {6, 4, 20};
    options.pruned_stay_pruned = stay;
    const NetworkCombined combined = combine_to_groups(network, options);
    EXPECT_EQ(ones(network.hidden[1].mask), stay ? 20U : 80U);
    EXPECT_EQ(ones(network.hidden[0].mask), stay ? 1U : 72U);
    EXPECT_EQ(combined.layers[0].retained_magnitude < 1, stay);
  }
}

TEST(CombineToGroups, ImportanceDecidesWhatACellKeeps) {
  FloatNetwork network = sample(3);
  CombineToGroupsOptions options;
  options.groups = {6, 12, 3};
  network.description.classifier.alpha = 8;
  for (const FloatLayer& layer : network.all())
    options.importance.emplace_back(layer.weights.rows(), layer.weights.cols(), 1e-3F);
  for (std::size_t n = 0; n < 10; ++n) options.importance[2](n, 7 + n % 3) = 1;
  (void)combine_to_groups(network, options);
  for (std::size_t n = 0; n < 10; ++n) EXPECT_EQ(network.classifier.mask(n, 7 + n % 3), 1) << n;
  EXPECT_EQ(ones(network.classifier.mask), 30U);
  EXPECT_LE(network.classifier.groups->size(), 3U);
}

TEST(CombineToGroups, ZerosBetweenConvolutionGroupsStayPruned) {
  FloatNetwork network = sample(4);
  LayerDescription& layer = network.description.hidden[1];
  layer.conv_groups = 2;
  for (std::size_t n = 0; n < 20; ++n) {
    for (std::size_t m = 0; m < 12; ++m) {
      if ((n < 10) != (m < 6)) network.hidden[1].weights(n, m) = 0;
    }
  }
  network.hidden[1].mask = nonzero_mask(network.hidden[1].weights);
  for (const std::size_t groups : {12U, 6U, 3U}) {
    CombineToGroupsOptions options;
    options.groups = {6, groups, 20};
    (void)combine_to_groups(network, options);
    validate(network, "test");
    // Six groups of one column from each side lose nothing; three keep half.
    EXPECT_EQ(ones(network.hidden[1].mask), groups == 3 ? 60U : 120U) << groups;
  }
}

TEST(CombineToGroups, DoesNotDependOnThreads) {
  FloatNetwork one = sample(5);
  FloatNetwork many = one;
  CombineToGroupsOptions options;
  options.groups = {2, 3, 20};
  (void)combine_to_groups(one, options);
  options.threads = 4;
  (void)combine_to_groups(many, options);
  EXPECT_EQ(one, many);
}

TEST(CombineToGroups, OnlySearchTakesANumberOfGroups) {
  FloatNetwork network = sample(6);
  CombineToGroupsOptions options;
  options.groups = {6, 5, 20};
  options.policy = GroupingPolicy::kPairwise;
  EXPECT_THROW((void)combine_to_groups(network, options), UserError);
}

}  // namespace
}  // namespace colcomb::combining
