#include "colcomb/combining/regrouping.hpp"

#include <gtest/gtest.h>

namespace colcomb::combining {
namespace {

TEST(CountRegrouped, IsZeroForEqualGroupsInAnyOrder) {
  const ColumnGroups before{{{0, 1, 2}, {3, 4}}};
  EXPECT_EQ(count_regrouped(before, before, 5), 0U);
  EXPECT_EQ(count_regrouped(before, ColumnGroups{{{4, 3}, {2, 0, 1}}}, 5), 0U);
}

TEST(CountRegrouped, CountsColumnsWhoseGroupIsAnother) {
  const ColumnGroups before{{{0, 1, 2}, {3, 4, 5}}};
  // 2 and 3 have changed places.
  EXPECT_EQ(count_regrouped(before, ColumnGroups{{{0, 1, 3}, {2, 4, 5}}}, 6), 2U);
  // 5 was in no group before.
  EXPECT_EQ(count_regrouped(ColumnGroups{{{0, 1}}}, ColumnGroups{{{0, 1, 5}}}, 6), 1U);
  // A column that leaves the array is not counted.
  EXPECT_EQ(count_regrouped(before, ColumnGroups{{{0, 1}, {3, 4, 5}}}, 6), 0U);
  // From nothing, every column is new.
  EXPECT_EQ(count_regrouped(ColumnGroups{}, before, 6), 6U);
}

TEST(CountRegrouped, AMergedGroupIsItsLargerPart) {
  const ColumnGroups before{{{0, 1, 2}, {3}}};
  EXPECT_EQ(count_regrouped(before, ColumnGroups{{{0, 1, 2, 3}}}, 4), 1U);
}

}  // namespace
}  // namespace colcomb::combining
