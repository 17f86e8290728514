#include "colcomb/combining/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/combining/importance.hpp"

namespace colcomb::combining {
namespace {

using ::testing::ElementsAre;

Matrix<float> random_importance(Random& random, std::size_t rows, std::size_t columns) {
  Matrix<float> result(rows, columns);
  for (float& value : result.values())
    value = random.below(3) == 0 ? 0.0F : static_cast<float>(random.uniform());
  return result;
}

TEST(Merging, MergesThePairThatLosesLeast) {
  // Columns 0 and 2 never meet; 1 meets each of them in one row and loses 2 or 1 there.
  const Matrix<float> importance(3, 3,
                                 std::vector<float>{4, 2, 0,  //
                                                    0, 3, 1,  //
                                                    0, 0, 5});
  EXPECT_THAT(merged_columns(importance, 3, 2).groups,
              ElementsAre(ElementsAre(0U, 2U), ElementsAre(1U)));
  const RetainedCurve curve = retained_curve(importance, 3);
  EXPECT_EQ(curve.least, 1U);
  ASSERT_EQ(curve.retained.size(), 3U);
  EXPECT_NEAR(curve.at(3), 15, 1e-3);
  EXPECT_NEAR(curve.at(2), 15, 1e-3);
  EXPECT_NEAR(curve.at(1), 12, 1e-3);  // 4 + 3 + 5
  EXPECT_NEAR(curve.at(9), 15, 1e-3);
}

TEST(Merging, GroupsAreValidAndKeepWhatTheCurveSays) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t rows = 1 + random.below(40);
    const std::size_t columns = 1 + random.below(40);
    const std::size_t alpha = 1 + random.below(9);
    const Matrix<float> importance = random_importance(random, rows, columns);
    const RetainedCurve curve = retained_curve(importance, alpha);
    EXPECT_EQ(curve.least, ceil_divide(columns, alpha));
    ASSERT_EQ(curve.retained.size(), columns - curve.least + 1);
    EXPECT_TRUE(std::is_sorted(curve.retained.begin(), curve.retained.end()));
    for (std::size_t count = curve.least; count <= columns; ++count) {
      const ColumnGroups groups = merged_columns(importance, alpha, count);
      EXPECT_EQ(groups.size(), count);
      EXPECT_STREQ(invalid_grouping(groups, columns, alpha), "");
      std::size_t members = 0;
      for (const auto& group : groups.groups) members += group.size();
      EXPECT_EQ(members, columns);
      // Levels are 15 bits of the largest; where fewer groups keep more, the curve is theirs.
      const double kept = retained_importance(importance, groups);
      EXPECT_LE(kept, curve.at(count) * (1 + 1e-3) + 1e-3);
      const double all = count == columns ? kept : curve.all();
      EXPECT_NEAR(all, curve.all(), 1e-3 * (1 + all));
    }
  }
}

TEST(Merging, AlphaOneKeepsEveryColumnApart) {
  Random random(3);
  const Matrix<float> importance = random_importance(random, 5, 7);
  EXPECT_EQ(merged_columns(importance, 1, 7), singleton_groups(7));
  EXPECT_EQ(retained_curve(importance, 1).retained.size(), 1U);
}

TEST(Merging, ReachesTheFewestGroupsWherePairsNoLongerFit) {
  // 15 columns at alpha 5: merging pairs alone can get stuck at sizes such as 3 and 4.
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const Matrix<float> importance = random_importance(random, 20, 15);
    EXPECT_EQ(merged_columns(importance, 5, 3).size(), 3U) << seed;
  }
}

}  // namespace
}  // namespace colcomb::combining
