#include "colcomb/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace colcomb {
namespace {

TEST(Random, IsXoshiro256StarStar) {
  // First outputs for the state 1, 2, 3, 4, worked out by hand from the published step.
  Random random(Random::State{1, 2, 3, 4});
  EXPECT_EQ(random.bits(), 11520U);
  EXPECT_EQ(random.bits(), 0U);
  EXPECT_EQ(random.bits(), 1509978240U);
}

TEST(Random, StreamsAreRepeatableAndDistinct) {
  EXPECT_EQ(Random::stream(7, 1, 3).bits(), Random::stream(7, 1, 3).bits());
  EXPECT_NE(Random::stream(7, 1, 3).bits(), Random::stream(7, 1, 4).bits());
  EXPECT_NE(Random::stream(7, 1, 3).bits(), Random::stream(7, 2, 3).bits());
  EXPECT_NE(Random::stream(7, 1, 3).bits(), Random::stream(8, 1, 3).bits());
}

TEST(Random, NormalHasMeanZeroAndDeviationOne) {
  Random random(5);
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 100'000;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.02);
  EXPECT_NEAR(std::sqrt(squares / kCount), 1, 0.02);
}

TEST(Random, CategoricalFollowsItsWeights) {
  Random random(3);
  const std::array<double, 3> weights = {0.3, 0.4, 0.3};
  std::array<int, 3> counts = {};
  for (int i = 0; i < 30'000; ++i) ++counts[random.categorical(weights)];
  EXPECT_NEAR(counts[0], 9000, 400);
  EXPECT_NEAR(counts[1], 12000, 400);
}

TEST(Random, ShuffleKeepsEveryItem) {
  Random random(9);
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  auto shuffled = items;
  random.shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace colcomb
