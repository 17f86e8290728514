#include "colcomb/combining/bound.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/exact_grouping.hpp"
#include "tests/support/random_weights.hpp"

namespace colcomb::combining {
namespace {

TEST(RetainedMagnitudeBound, IsTheLargestOfEachRowWhereColumnsFit) {
  // Two groups: 5 + 3 of row 0 and 2 + 1 of row 1; {0, 1} {2} retains that.
  const Matrix<float> matrix(2, 3, {5, 1, -3, 0, -2, 1});
  EXPECT_NEAR(retained_magnitude_bound(matrix, 2, 2), 11, 1e-9);
  EXPECT_NEAR(gap_to_bound(matrix, {{{0, 1}, {2}}}, 2), 0, 1e-9);
  // {0, 2} {1} retains 5 + 1 + 2 + 1 = 9 of at most 11.
  EXPECT_NEAR(gap_to_bound(matrix, {{{0, 2}, {1}}}, 2), 2.0 / 11, 1e-9);
}

TEST(RetainedMagnitudeBound, CountsWhatEveryPairLoses) {
  // Four equal columns in two groups of two: every pair loses a whole column in its two rows, while
  // the two largest of each row are 4 in all; so is the bound. With three groups one pair remains.
  const Matrix<float> matrix(2, 4, std::vector<float>(8, 1.0F));
  EXPECT_NEAR(retained_magnitude_bound(matrix, 2, 2), 4, 1e-9);
  EXPECT_NEAR(retained_magnitude_bound(matrix, 4, 1), 8, 1e-9);
}

TEST(RetainedMagnitudeBound, IsNeverBelowTheOptimum) {
  Random random(3);
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::size_t rows = 1 + random.below(12);
    const std::size_t cols = 1 + random.below(9);
    const std::size_t alpha = 1 + random.below(4);
    const std::size_t fewest = (cols + alpha - 1) / alpha;
    const std::size_t groups = fewest + random.below(3);
    const double density = 0.2 + 0.8 * random.uniform();
    const Matrix<float> pruned = i % 2 == 0 ? tests::sparse_weights(rows, cols, density, i)
                                            : tests::tied_weights(rows, cols, density, i);
    const tests::ExactGrouping exact(pruned, groups, alpha, 1e6);
    EXPECT_GE(retained_magnitude_bound(pruned, groups, alpha), exact.magnitude() - 1e-6)
        << "case " << i;
  }
}

TEST(RetainedMagnitudeBound, HoldsOnEveryShape) {
  for (const tests::Shape shape : tests::kAwkwardShapes) {
    const Matrix<float> pruned = tests::sparse_weights(shape.rows, shape.cols, 0.3, 4);
    const ColumnGroups groups = group_columns(pruned, GroupingOptions{});
    const double gap = gap_to_bound(pruned, groups, 8);
    EXPECT_GE(gap, 0) << shape.rows << " x " << shape.cols;
    EXPECT_LT(gap, 0.25) << shape.rows << " x " << shape.cols;
    const double bound = retained_magnitude_bound(pruned, groups.size(), 8);
    EXPECT_LE(bound, magnitude_of(pruned) * (1 + 1e-9));
  }
}

TEST(RetainedMagnitudeBound, RefusesTooFewGroups) {
  EXPECT_THROW((void)retained_magnitude_bound(Matrix<float>(1, 3, {1, 1, 1}), 1, 2), InternalError);
}

}  // namespace
}  // namespace colcomb::combining
