#include "colcomb/combining/combine.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/random_weights.hpp"

namespace colcomb::combining {
namespace {

CombineOptions options(double fraction, std::size_t alpha, double gamma) {
  CombineOptions result;
  result.prune_fraction = fraction;
  result.grouping.alpha = alpha;
  result.grouping.gamma = gamma;
  result.grouping.policy = GroupingPolicy::kPairwise;
  return result;
}

// Half of the eight weights goes: 1, 2, 3 and 4. Left are 8 and 5 in row 0, 7 and 6 in row 1.
const Matrix<float> kStored(2, 4,
                            {8, 1, -5, 3,  //
                             2, -7, 6, 4});

TEST(CombineColumns, PrunesGroupsAndResolvesConflicts) {
  // gamma 1 allows two conflicts in two rows. {0, 1} fills both rows without a conflict and takes 2
  // with two: row 0 keeps 8 of 8 and 5, row 1 keeps 7 of 7 and 6.
  const Combined combined = combine_columns(kStored, options(0.5, 8, 1));
  EXPECT_EQ(combined.groups, (ColumnGroups{{{0, 1, 2}}}));
  EXPECT_EQ(combined.mask, Matrix<std::uint8_t>(2, 4, {1, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_DOUBLE_EQ(combined.retained_magnitude, 15.0 / 36.0);
}

TEST(CombineColumns, WithAlphaOneOnlyPrunes) {
  const Combined combined = combine_columns(kStored, options(0.5, 1, 1));
  EXPECT_EQ(combined.groups, (ColumnGroups{{{0}, {1}, {2}}}));
  EXPECT_EQ(combined.mask, Matrix<std::uint8_t>(2, 4, {1, 0, 1, 0, 0, 1, 1, 0}));
  EXPECT_DOUBLE_EQ(combined.retained_magnitude, 26.0 / 36.0);
}

TEST(CombineColumns, FillsEmptyCellsFromStoredWeights) {
  CombineOptions filling = options(0.5, 2, 0);
  // Without conflicts {0, 1} is the one pair; {2} stays alone. All their cells are full.
  EXPECT_EQ(combine_columns(kStored, filling).groups, (ColumnGroups{{{0, 1}, {2}}}));
  // alpha 1 leaves row 1 of column 0 and row 0 of column 1 empty: 2 and 1 come back. Column 3 is
  // in no group, so 3 and 4 do not.
  filling = options(0.5, 1, 0);
  filling.fill_empty_cells = true;
  const Combined combined = combine_columns(kStored, filling);
  EXPECT_EQ(combined.mask, Matrix<std::uint8_t>(2, 4, {1, 1, 1, 0, 1, 1, 1, 0}));
  EXPECT_DOUBLE_EQ(combined.retained_magnitude, 29.0 / 36.0);
}

TEST(CombineColumns, NeverEmptiesARow) {
  for (const tests::Shape shape : tests::kAwkwardShapes) {
    const Matrix<float> stored = tests::tied_weights(shape.rows, shape.cols, 0.3, 5);
    for (const std::string& name : policy_names()) {
      CombineOptions chosen = options(0, 8, 100);
      chosen.grouping.policy = parse_policy(name);
      const Matrix<float> left = masked(stored, combine_columns(stored, chosen).mask);
      for (std::size_t r = 0; r < shape.rows; ++r) {
        const auto nonzero = [](float w) { return w != 0.0F; };
        EXPECT_EQ(std::ranges::any_of(left.row(r), nonzero),
                  std::ranges::any_of(stored.row(r), nonzero))
            << name << " row " << r << " of " << shape.rows << " x " << shape.cols;
      }
    }
  }
}

TEST(CombineColumns, FillsWithTheLargestOfTheGroup) {
  const Matrix<float> stored(2, 2,
                             {9, 8,  //
                              1, -2});
  CombineOptions filling = options(0.5, 2, 0.5);
  filling.fill_empty_cells = true;
  const Combined combined = combine_columns(stored, filling);
  EXPECT_EQ(combined.groups, (ColumnGroups{{{0, 1}}}));
  EXPECT_EQ(combined.mask, Matrix<std::uint8_t>(2, 2, {1, 0, 0, 1}));
}

TEST(CombineColumns, SearchesForTheCellsItWillFill) {
  // All but the four 9s is pruned, and 0 with 2 or 1 with 3 would make them conflict. Of the other
  // pairings, {0, 1} {2, 3} keeps 3 + 1 in each of the last two rows, {0, 3} {1, 2} keeps 3 + 2.
  const Matrix<float> stored(4, 4,
                             {9, 0, 9, 0,  //
                              0, 9, 0, 9,  //
                              3, 2, 1, 0,  //
                              2, 3, 0, 1});
  CombineOptions chosen = options(12.0 / 16, 2, 0);
  chosen.grouping.policy = GroupingPolicy::kSearch;
  chosen.fill_empty_cells = true;
  EXPECT_EQ(combine_columns(stored, chosen).groups, (ColumnGroups{{{0, 3}, {1, 2}}}));
}

TEST(CombineColumns, OfRemainingNeverBringsBackWhatIsGone) {
  const Matrix<std::uint8_t> remaining(2, 4, {0, 1, 1, 1, 1, 1, 1, 1});
  CombineOptions filling = options(0.0, 1, 0);
  filling.fill_empty_cells = true;
  const Combined combined = combine_columns(kStored, remaining, filling);
  EXPECT_EQ(combined.mask, remaining);
  EXPECT_DOUBLE_EQ(combined.retained_magnitude, 28.0 / 36.0);
  // A third of the seven that remain, two: 1 and 2.
  EXPECT_EQ(combine_columns(kStored, remaining, options(0.34, 1, 0)).mask,
            Matrix<std::uint8_t>(2, 4, {0, 0, 1, 1, 0, 1, 1, 1}));
}

TEST(CombineColumns, KeepsTheMostImportantWeightIfTold) {
  const Matrix<float> stored(1, 2, {9, 8});
  const Matrix<float> importance(1, 2, {1, 2});
  CombineOptions chosen = options(0, 2, 1);
  EXPECT_EQ(combine_columns(stored, chosen).mask, Matrix<std::uint8_t>(1, 2, {1, 0}));
  chosen.grouping.importance = &importance;
  EXPECT_EQ(combine_columns(stored, chosen).mask, Matrix<std::uint8_t>(1, 2, {0, 1}));
}

TEST(CombineColumns, OfNothingRetainsEverything) {
  EXPECT_EQ(combine_columns(Matrix<float>(3, 2), options(0, 8, 1)).retained_magnitude, 1.0);
  EXPECT_EQ(combine_columns(Matrix<float>(), options(0, 8, 1)).groups.size(), 0U);
}

TEST(CombineColumns, RefusesBadOptions) {
  EXPECT_THROW((void)combine_columns(kStored, options(2, 8, 1)), UserError);
  EXPECT_THROW((void)combine_columns(kStored, options(0, 0, 1)), UserError);
}

RC_GTEST_PROP(CombineColumns, KeepsOneWeightPerCellAndFillsEveryCellItCan, ()) {
  const tests::Shape shape = *rc::gen::elementOf(tests::kAwkwardShapes);
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  const Matrix<float> stored = tests::tied_weights(shape.rows, shape.cols, 0.7, seed);
  CombineOptions chosen = options(*rc::gen::element(0.0, 0.5, 0.85), 8, 0.5);
  chosen.grouping.policy = parse_policy(*rc::gen::elementOf(policy_names()));
  chosen.fill_empty_cells = true;
  const Combined filled = combine_columns(stored, chosen);
  const Matrix<float> pruned = masked(stored, magnitude_mask(stored, chosen.prune_fraction));
  const Matrix<std::uint8_t> plain = column_combine_mask(pruned, filled.groups);
  std::size_t in_groups = 0;
  for (std::size_t r = 0; r < stored.rows(); ++r) {
    for (const auto& group : filled.groups.groups) {
      std::size_t kept = 0;
      std::size_t kept_before = 0;
      float largest = 0;
      float survivor = 0;
      for (const std::uint32_t c : group) {
        kept += filled.mask(r, c);
        kept_before += plain(r, c);
        RC_ASSERT(plain(r, c) <= filled.mask(r, c));
        largest = std::max(largest, std::fabs(stored(r, c)));
        if (filled.mask(r, c)) survivor = std::fabs(stored(r, c));
      }
      RC_ASSERT(kept_before <= 1U);
      RC_ASSERT(kept == (largest > 0 ? 1U : 0U));
      RC_ASSERT(survivor == largest);
      in_groups += kept;
    }
  }
  RC_ASSERT(count_nonzeros(filled.mask) == in_groups);
}

}  // namespace
}  // namespace colcomb::combining
