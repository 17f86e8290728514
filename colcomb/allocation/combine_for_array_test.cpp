#include "colcomb/allocation/combine_for_array.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/base/error.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

struct CombinedSample {
  FloatNetwork network;
  ArrayConfig array;

  CombinedSample() {
    Random random(9);
    network = tests::random_numbers(tests::pointwise_chain({24, 40, 16}, 6, 2), random);
    array.name = "test";
    array.rows = array.columns = 8;
  }
};

TEST(CombineForArray, FitsAndTakesTheArraysAlpha) {
  CombinedSample s;
  const CombinedForArray result = combine_for_array(s.network, s.array, {});
  validate(s.network, "test");
  EXPECT_EQ(s.network.description.hidden[0].alpha, 8U);
  EXPECT_EQ(s.network.description.classifier.alpha, 1U);
  EXPECT_EQ(s.network.hidden[0].groups->size(), 8U);
  EXPECT_EQ(s.network.hidden[1].groups->size(), 8U);
  EXPECT_EQ(result.allocation.layers[1].groups, 8U);
  for (const FloatLayer& layer : s.network.hidden) {
    for (std::size_t n = 0; n < layer.mask.rows(); ++n) {
      const auto row = layer.mask.row(n);
      EXPECT_EQ(std::ranges::count(row, 1), 8);
    }
  }
}

TEST(CombineForArray, BudgetCountsWhatIsKeptAlone) {
  CombinedSample s;
  // All of the first layer's importance is in a pruned column: it is worth nothing to a budget.
  s.network.hidden[0].mask = Matrix<std::uint8_t>(40, 24, std::uint8_t{1});
  for (std::size_t n = 0; n < 40; ++n) {
    s.network.hidden[0].weights(n, 5) = 1000;
    s.network.hidden[0].mask(n, 5) = 0;
  }
  CombineForArrayOptions options;
  options.budget = Budget{Quantity::kTiles, 5 + 2 + 2 + 2 + 2};
  const CombinedForArray result = combine_for_array(s.network, s.array, options);
  validate(s.network, "test");
  EXPECT_LE(*result.allocation.spent, 13U);
  for (std::size_t n = 0; n < 40; ++n) EXPECT_EQ(s.network.hidden[0].mask(n, 5), 0);
  EXPECT_LT(result.allocation.layers[0].retained, 1);
}

TEST(CombineForArray, RefusesAnAlphaThatTheCellsLack) {
  CombinedSample s;
  CombineForArrayOptions options;
  options.alpha = 9;
  EXPECT_THROW((void)combine_for_array(s.network, s.array, options), UserError);
}

}  // namespace
}  // namespace colcomb::allocation
