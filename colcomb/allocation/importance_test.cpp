#include "colcomb/allocation/importance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

/// One hidden layer of the weights 1 -2 / 0 4 and a classifier whose first weight alone is not 0.
FloatNetwork sample() {
  FloatNetwork network;
  network.description = tests::pointwise_chain({2, 2}, 1, 2);
  network.hidden.resize(1);
  network.hidden[0].weights = Matrix<float>(2, 2, std::vector<float>{1, -2, 0, 4});
  network.hidden[0].mask = Matrix<std::uint8_t>(2, 2, std::vector<std::uint8_t>{1, 0, 0, 1});
  network.classifier.weights = Matrix<float>(10, 2);
  network.classifier.weights(0, 0) = 3;
  return network;
}

std::vector<Matrix<float>> gradients() {
  std::vector<Matrix<float>> result = {Matrix<float>(2, 2, std::vector<float>{3, 1, 7, 0.5F}),
                                       Matrix<float>(10, 2)};
  result[1](0, 0) = 1;
  return result;
}

auto values(const Matrix<float>& m) {
  return std::vector<float>(m.values().begin(), m.values().end());
}

TEST(Importance, OfWeightsAloneSumsToOneInEachLayer) {
  const auto magnitude = importance_of(sample(), Importance::kMagnitude, {});
  EXPECT_THAT(values(magnitude[0]),
              ElementsAre(FloatEq(1 / 7.F), FloatEq(2 / 7.F), 0, FloatEq(4 / 7.F)));
  EXPECT_FLOAT_EQ(magnitude[1](0, 0), 1);
  const auto square = importance_of(sample(), Importance::kSquare, {});
  EXPECT_THAT(values(square[0]),
              ElementsAre(FloatEq(1 / 21.F), FloatEq(4 / 21.F), 0, FloatEq(16 / 21.F)));
}

// |w| * mean |g|: 3, 2, 0, 2 and 3, ten in all for two layers.
TEST(Importance, OfTheLossComparesLayers) {
  const auto taylor = importance_of(sample(), Importance::kTaylor, gradients());
  EXPECT_THAT(values(taylor[0]), ElementsAre(FloatEq(.6F), FloatEq(.4F), 0, FloatEq(.4F)));
  EXPECT_FLOAT_EQ(taylor[1](0, 0), .6F);
  // w^2 * mean g^2: 3, 4, 0, 8 and 9.
  const auto fisher = importance_of(sample(), Importance::kFisher, gradients());
  EXPECT_THAT(values(fisher[0]), ElementsAre(FloatEq(.25F), FloatEq(1 / 3.F), 0, FloatEq(2 / 3.F)));
  EXPECT_FLOAT_EQ(fisher[1](0, 0), .75F);
}

TEST(Importance, LayersOfZerosHaveNone) {
  FloatNetwork network = sample();
  network.classifier.weights(0, 0) = 0;
  EXPECT_EQ(importance_of(network, Importance::kMagnitude, {})[1], Matrix<float>(10, 2));
}

TEST(Importance, NamesAreReadAsTheyAreWritten) {
  for (const char* name : {"magnitude", "square", "taylor", "fisher"})
    EXPECT_STREQ(name_of(parse_importance(name)), name);
  EXPECT_FALSE(needs_gradients(Importance::kSquare));
  EXPECT_TRUE(needs_gradients(Importance::kTaylor));
  try {
    (void)parse_importance("size");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("magnitude, square, taylor, fisher"));
  }
}

}  // namespace
}  // namespace colcomb::allocation
