#include "colcomb/combining/conflicts.hpp"

#include <gtest/gtest.h>

namespace colcomb::combining {
namespace {

// Groups {0, 2} and {1, 3}; row 0 has one conflict in the first group, row 2 one in the second.
const Matrix<float> kConflictMatrix(3, 4,
                                    {1, 0, -2, 5,  //
                                     0, 0, 0, 0,   //
                                     0, -3, 4, 3});
const ColumnGroups kConflictGroups{{{0, 2}, {1, 3}}};

TEST(ColumnCombineMask, KeepsTheLargestOfEachRowAndGroup) {
  EXPECT_EQ(column_combine_mask(kConflictMatrix, kConflictGroups),
            Matrix<std::uint8_t>(3, 4,
                                 {0, 0, 1, 1,  //
                                  0, 0, 0, 0,  //
                                  0, 1, 1, 0}));
}

TEST(ColumnCombineMask, OfEqualMagnitudesKeepsTheFirstInTheGroup) {
  const Matrix<float> matrix(1, 2, {2, -2});
  EXPECT_EQ(column_combine_mask(matrix, {{{0, 1}}}), Matrix<std::uint8_t>(1, 2, {1, 0}));
  EXPECT_EQ(column_combine_mask(matrix, {{{1, 0}}}), Matrix<std::uint8_t>(1, 2, {0, 1}));
}

TEST(ColumnCombineMask, RefusesAnUngroupedNonzeroColumn) {
  EXPECT_THROW((void)column_combine_mask(kConflictMatrix, {{{0, 2}, {1}}}), InternalError);
  EXPECT_THROW((void)column_combine_mask(kConflictMatrix, {{{0, 2}, {1, 4}}}), InternalError);
}

TEST(ColumnCombineMask, KeepsTheMostImportantIfTold) {
  // Row 0: 1 beats -2 by importance. Row 2: -3 and 3 tie at nothing, the first is kept.
  const Matrix<float> importance(3, 4,
                                 {2, 9, 1, 0,  //
                                  9, 9, 9, 9,  //
                                  9, 0, 0, 0});
  EXPECT_EQ(column_combine_mask(kConflictMatrix, kConflictGroups, importance),
            Matrix<std::uint8_t>(3, 4,
                                 {1, 0, 0, 1,  //
                                  0, 0, 0, 0,  //
                                  0, 1, 1, 0}));
  EXPECT_THROW((void)column_combine_mask(kConflictMatrix, kConflictGroups, Matrix<float>(4, 3)),
               InternalError);
}

TEST(CountConflicts, CountsNonzerosBeyondTheFirst) {
  EXPECT_EQ(count_conflicts(kConflictMatrix, kConflictGroups), (std::vector<std::size_t>{1, 1}));
  // All four in one group: row 0 has three nonzeros, row 2 has three.
  EXPECT_EQ(count_conflicts(kConflictMatrix, {{{0, 1, 2, 3}}}), (std::vector<std::size_t>{4}));
  EXPECT_EQ(count_conflicts(kConflictMatrix, {{{0}, {1}, {2}}}),
            (std::vector<std::size_t>{0, 0, 0}));
}

}  // namespace
}  // namespace colcomb::combining
