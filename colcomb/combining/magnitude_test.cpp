#include "colcomb/combining/magnitude.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "colcomb/base/error.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/random_weights.hpp"

namespace colcomb::combining {
namespace {

using Mask = Matrix<std::uint8_t>;

Mask mask(std::size_t rows, std::size_t cols, std::vector<std::uint8_t> values) {
  return {rows, cols, std::move(values)};
}

TEST(MagnitudeMask, PrunesTheSmallestFraction) {
  const Matrix<float> weights(2, 3, {0.5F, -0.1F, 2.0F, -3.0F, 0.2F, 0.0F});
  EXPECT_EQ(magnitude_mask(weights, 0.5), mask(2, 3, {1, 0, 1, 1, 0, 0}));
  EXPECT_EQ(magnitude_mask(weights, 0.0), mask(2, 3, {1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(magnitude_mask(weights, 1.0), mask(2, 3, {0, 0, 0, 0, 0, 0}));
}

TEST(MagnitudeMask, RoundsTheNumberDown) {
  const Matrix<float> weights(1, 5, {1, 2, 3, 4, 5});
  EXPECT_EQ(magnitude_mask(weights, 0.39), mask(1, 5, {0, 1, 1, 1, 1}));
  EXPECT_EQ(magnitude_mask(weights, 0.4), mask(1, 5, {0, 0, 1, 1, 1}));
}

TEST(MagnitudeMask, PrunesEqualMagnitudesByPosition) {
  const Matrix<float> weights(2, 3, {1, -1, 1, -1, 0.5F, 1});
  EXPECT_EQ(magnitude_mask(weights, 0.5), mask(2, 3, {0, 0, 1, 1, 0, 1}));
}

TEST(MagnitudeMask, OfRemainingCountsWhatIsLeft) {
  const Matrix<float> weights(1, 6, {1, 2, 3, 4, 5, 6});
  const Mask left = mask(1, 6, {0, 1, 0, 1, 1, 1});
  // Half of the four kept weights: 2 and 4 go; 1 and 3 were gone before.
  EXPECT_EQ(magnitude_mask_of_remaining(weights, left, 0.5), mask(1, 6, {0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(magnitude_mask_of_remaining(weights, left, 0.0), left);
}

TEST(MagnitudeMask, EqualsASortOnEveryShape) {
  for (const tests::Shape shape : tests::kAwkwardShapes) {
    const Matrix<float> weights = tests::tied_weights(shape.rows, shape.cols, 0.6, 3);
    for (const double fraction : {0.0, 0.1, 0.333, 0.85, 1.0}) {
      std::vector<std::size_t> order(weights.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::fabs(weights.values()[a]) < std::fabs(weights.values()[b]);
      });
      Mask expected(shape.rows, shape.cols, std::uint8_t{1});
      const auto count = static_cast<std::size_t>(fraction * static_cast<double>(weights.size()));
      for (std::size_t i = 0; i < count; ++i) expected.values()[order[i]] = 0;
      EXPECT_EQ(magnitude_mask(weights, fraction), expected) << shape.rows << " x " << shape.cols;
    }
  }
}

TEST(MagnitudeMask, RefusesBadInput) {
  const Matrix<float> weights(1, 2, {1, 2});
  EXPECT_THROW((void)magnitude_mask(weights, -0.1), UserError);
  EXPECT_THROW((void)magnitude_mask(weights, 1.1), UserError);
  EXPECT_THROW((void)magnitude_mask(weights, std::nan("")), UserError);
  EXPECT_THROW((void)magnitude_mask_of_remaining(weights, Mask(2, 1), 0.5), InternalError);
  const Matrix<float> infinite(2, 2, {1, 2, std::numeric_limits<float>::infinity(), 4});
  try {
    (void)magnitude_mask(infinite, 0.5);
    FAIL() << "accepted an infinite weight";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "filter matrix: weight at row 1, column 0 is 'inf': must be finite");
  }
}

TEST(Masked, ZeroesPrunedWeights) {
  const Matrix<float> weights(1, 3, {1, -2, 3});
  EXPECT_EQ(masked(weights, mask(1, 3, {1, 0, 1})), Matrix<float>(1, 3, {1, 0, 3}));
}

TEST(MagnitudeOf, SumsAbsoluteValues) {
  EXPECT_EQ(magnitude_of(Matrix<float>(1, 3, {1, -2, 0.5F})), 3.5);
  EXPECT_EQ(magnitude_of(Matrix<float>()), 0.0);
}

}  // namespace
}  // namespace colcomb::combining
