#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/exact_grouping.hpp"
#include "tests/support/random_weights.hpp"

namespace colcomb::combining {
namespace {

GroupingOptions options(std::size_t alpha, double gamma) {
  GroupingOptions result;
  result.alpha = alpha;
  result.gamma = gamma;
  result.policy = GroupingPolicy::kSearch;
  return result;
}

double retained(const Matrix<float>& pruned, const ColumnGroups& groups) {
  return magnitude_of(masked(pruned, column_combine_mask(pruned, groups)));
}

std::size_t nonzero_columns(const Matrix<float>& matrix) {
  return tests::ReferenceGrouping(matrix, 1, 0).nonzero_columns().size();
}

TEST(Search, IsTheDefault) {
  EXPECT_EQ(GroupingOptions{}.policy, GroupingPolicy::kSearch);
}

TEST(Search, PairsColumnsThatLoseLeast) {
  // Two groups of two. Columns 0 and 1 are large where 2 and 3 are, in other rows: 0 fits 3, and 1
  // fits 2, without a loss; any other pairing loses something.
  const Matrix<float> matrix(4, 4,
                             {5, 5, 1, 0,  //
                              5, 0, 4, 0,  //
                              0, 5, 0, 4,  //
                              0, 0, 4, 4});
  const ColumnGroups groups = group_columns(matrix, options(2, 1));
  EXPECT_EQ(groups, (ColumnGroups{{{0, 3}, {1, 2}}}));
}

TEST(Search, IsWithinTwoPercentOfTheOptimumOnSmallMatrices) {
  Random random(20);
  double worst = 1;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::size_t rows = 1 + random.below(20);
    const std::size_t cols = 1 + random.below(12);
    const double density = 0.1 + 0.7 * random.uniform();
    const Matrix<float> pruned = i % 2 == 0 ? tests::sparse_weights(rows, cols, density, i)
                                            : tests::tied_weights(rows, cols, density, i);
    const std::size_t alpha = 2 + random.below(4);
    const double gamma = 0.25 * static_cast<double>(random.below(8));
    const ColumnGroups groups = group_columns(pruned, options(alpha, gamma));
    const tests::ExactGrouping exact(pruned, groups.size(), alpha, gamma);
    const double found = retained(pruned, groups);
    EXPECT_LE(found, exact.magnitude() * (1 + 1e-9)) << "case " << i;
    EXPECT_GE(found, exact.magnitude() * 0.98) << "case " << i;
    if (exact.magnitude() > 0) worst = std::min(worst, found / exact.magnitude());
  }
  RecordProperty("worst", std::to_string(worst));
}

RC_GTEST_PROP(Search, NeverRetainsLessThanAGreedyPolicyWithAsFewGroups, ()) {
  const tests::Shape shape = *rc::gen::elementOf(tests::kAwkwardShapes);
  const auto density = *rc::gen::element(0.05, 0.15, 0.5);
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  const Matrix<float> pruned = *rc::gen::arbitrary<bool>()
                                   ? tests::sparse_weights(shape.rows, shape.cols, density, seed)
                                   : tests::tied_weights(shape.rows, shape.cols, density, seed);
  GroupingOptions chosen =
      options(*rc::gen::element<std::size_t>(1, 2, 8), *rc::gen::element(0.0, 0.5, 1.75));
  // Cut short, it must still not fall below its start.
  chosen.search_steps = *rc::gen::element<std::uint64_t>(1, 100, 5'000);
  const ColumnGroups found = group_columns(pruned, chosen);
  for (const auto policy : {GroupingPolicy::kDenseFirst, GroupingPolicy::kPairwise}) {
    GroupingOptions greedy = chosen;
    greedy.policy = policy;
    const ColumnGroups other = group_columns(pruned, greedy);
    RC_ASSERT(found.size() <= other.size());
    if (other.size() == found.size())
      RC_ASSERT(retained(pruned, found) >= retained(pruned, other) * (1 - 1e-12));
  }
}

TEST(Search, BeatsPairwiseByFarOnTrainedLikeWeights) {
  const Matrix<float> pruned = tests::sparse_weights(128, 128, 0.15, 5);
  for (const double gamma : {0.5, 1.75}) {
    GroupingOptions chosen = options(8, gamma);
    const ColumnGroups found = group_columns(pruned, chosen);
    chosen.policy = GroupingPolicy::kPairwise;
    const ColumnGroups pairwise = group_columns(pruned, chosen);
    EXPECT_LE(found.size(), pairwise.size());
    EXPECT_GT(retained(pruned, found), 1.08 * retained(pruned, pairwise)) << "gamma " << gamma;
  }
}

TEST(Search, FindsFewerGroupsWhereNoConflictIsAllowed) {
  // A chain of columns that meet their neighbours alone: 0-1-2-3, and 4 meets 0 and 3. Two groups
  // are impossible for the odd circle, three do.
  const Matrix<float> circle(5, 5, {1, 1, 0, 0, 0,  //
                                    0, 1, 1, 0, 0,  //
                                    0, 0, 1, 1, 0,  //
                                    0, 0, 0, 1, 1,  //
                                    1, 0, 0, 0, 1});
  EXPECT_EQ(group_columns(circle, options(8, 0)).size(), 3U);
  std::size_t fewer = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Matrix<float> pruned = tests::sparse_weights(128, 128, 0.05, seed);
    std::size_t greedy = SIZE_MAX;
    for (const auto policy : {GroupingPolicy::kDenseFirst, GroupingPolicy::kPairwise}) {
      GroupingOptions chosen = options(8, 0);
      chosen.policy = policy;
      greedy = std::min(greedy, group_columns(pruned, chosen).size());
    }
    const ColumnGroups found = group_columns(pruned, options(8, 0));
    EXPECT_LE(found.size(), greedy);
    EXPECT_EQ(retained(pruned, found), magnitude_of(pruned));
    fewer += found.size() < greedy ? 1 : 0;
  }
  EXPECT_GE(fewer, 5U);
}

TEST(Search, GivesEqualGroupsForAnEqualSeedAndOftenOthersForAnother) {
  const Matrix<float> pruned = tests::sparse_weights(65, 63, 0.2, 6);
  GroupingOptions chosen = options(8, 1);
  const ColumnGroups first = group_columns(pruned, chosen);
  EXPECT_EQ(group_columns(pruned, chosen), first);
  chosen.seed = 2;
  EXPECT_NE(group_columns(pruned, chosen), first);
}

TEST(Search, StopsWhenItsSecondsAreOver) {
  const Matrix<float> pruned = tests::sparse_weights(64, 64, 0.2, 7);
  GroupingOptions chosen = options(8, 1);
  chosen.search_seconds = 0.01;
  chosen.search_steps = std::numeric_limits<std::uint64_t>::max();  // never reached
  EXPECT_EQ(*invalid_grouping(group_columns(pruned, chosen), 64, 8), '\0');
}

TEST(Search, MaximisesTheChosenObjective) {
  // Three columns in two groups. 1 and 2 together lose an 8. 0 and 1 lose three weights of 1
  // (magnitude 3, square 3), 0 and 2 lose one of 2 (magnitude 2, square 4).
  const Matrix<float> matrix(5, 3,
                             {9, 1, 0,  //
                              9, 1, 0,  //
                              9, 1, 0,  //
                              9, 0, 2,  //
                              0, 8, 8});
  GroupingOptions chosen = options(2, 3);
  chosen.groups_target = 2;
  EXPECT_EQ(group_columns(matrix, chosen), (ColumnGroups{{{0, 2}, {1}}}));
  chosen.objective = Objective::kSquare;
  EXPECT_EQ(group_columns(matrix, chosen), (ColumnGroups{{{0, 1}, {2}}}));
}

TEST(Search, MaximisesImportance) {
  // By importance the pair 0 and 1 loses nothing, each other pair a weight.
  const Matrix<float> matrix(2, 3,
                             {9, 9, 1,  //
                              9, 9, 1});
  Matrix<float> importance(2, 3,
                           {1, 0, 1,  //
                            0, 1, 1});
  GroupingOptions chosen = options(2, 3);
  chosen.groups_target = 2;
  chosen.importance = &importance;
  EXPECT_EQ(group_columns(matrix, chosen), (ColumnGroups{{{0, 1}, {2}}}));
  importance(1, 2) = -1;
  EXPECT_THROW((void)group_columns(matrix, chosen), UserError);
}

TEST(GroupsTarget, KeepsGammaWhereItCan) {
  const Matrix<float> pruned = tests::sparse_weights(64, 64, 0.15, 8);
  GroupingOptions chosen = options(8, 0.5);
  const ColumnGroups few = group_columns(pruned, chosen);
  chosen.groups_target = few.size() + 10;
  const ColumnGroups more = group_columns(pruned, chosen);
  EXPECT_LE(more.size(), few.size() + 10);
  EXPECT_GT(retained(pruned, more), retained(pruned, few));
  for (const std::size_t conflicts : count_conflicts(pruned, more)) EXPECT_LE(conflicts, 32U);
}

TEST(GroupsTarget, OfEveryColumnLosesNothing) {
  const Matrix<float> pruned = tests::sparse_weights(64, 64, 0.3, 8);
  GroupingOptions chosen = options(8, 1.75);
  chosen.search_steps = 1;
  chosen.groups_target = 64;
  const ColumnGroups groups = group_columns(pruned, chosen);
  EXPECT_EQ(retained(pruned, groups), magnitude_of(pruned));
  EXPECT_LE(groups.size(), 64U);
}

TEST(GroupsTarget, RelaxesGammaWhereItMust) {
  const Matrix<float> pruned = tests::sparse_weights(64, 64, 0.3, 9);
  GroupingOptions chosen = options(8, 0);
  EXPECT_GT(group_columns(pruned, chosen).size(), 20U);
  for (const std::size_t target : {8U, 9U, 20U}) {
    chosen.groups_target = target;
    const ColumnGroups groups = group_columns(pruned, chosen);
    EXPECT_LE(groups.size(), target);
    EXPECT_EQ(*invalid_grouping(groups, 64, 8), '\0');
    (void)column_combine_mask(pruned, groups);  // checks that every nonzero column is in a group
  }
}

TEST(GroupsTarget, IsWithinTwoPercentOfTheOptimum) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Matrix<float> pruned = tests::sparse_weights(12, 9, 0.4, seed);
    GroupingOptions chosen = options(4, 0);
    chosen.groups_target = 3;
    const double found = retained(pruned, group_columns(pruned, chosen));
    EXPECT_GE(found, 0.98 * tests::ExactGrouping(pruned, 3, 4, 100).magnitude()) << seed;
  }
}

TEST(GroupsTarget, TellsWhenItCannotBeMet) {
  const Matrix<float> pruned(1, 9, std::vector<float>(9, 1.0F));
  GroupingOptions chosen = options(4, 1);
  chosen.groups_target = 2;
  try {
    (void)group_columns(pruned, chosen);
    FAIL() << "nine columns in two groups of four";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "column grouping: groups_target is '2': cannot hold 9 nonzero columns at alpha 4");
  }
  chosen.groups_target = 3;
  EXPECT_EQ(group_columns(pruned, chosen).size(), 3U);
  chosen.policy = GroupingPolicy::kPairwise;
  EXPECT_THROW((void)group_columns(pruned, chosen), UserError);
}

TEST(GroupsForTiles, IsWhatTheTilesHold) {
  EXPECT_EQ(groups_for_tiles(3, 96, 32, 32), 32U);
  EXPECT_EQ(groups_for_tiles(7, 96, 32, 32), 64U);  // a third column of tiles would take 9
  EXPECT_EQ(groups_for_tiles(1, 5, 32, 16), 16U);
  try {
    (void)groups_for_tiles(2, 96, 32, 32);
    FAIL() << "three row tiles in two tiles";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("must be at least 3"));
  }
}

TEST(WarmStart, GoesOnFromGivenGroups) {
  const Matrix<float> pruned = tests::sparse_weights(96, 96, 0.15, 10);
  GroupingOptions chosen = options(8, 1.75);
  chosen.search_steps = 500'000;
  const ColumnGroups good = group_columns(pruned, chosen);
  chosen.start = &good;
  chosen.search_steps = 1;
  EXPECT_GE(retained(pruned, group_columns(pruned, chosen)), retained(pruned, good));
}

TEST(WarmStart, AdaptsGroupsThatDoNotFitAnyMore) {
  const Matrix<float> before = tests::sparse_weights(65, 63, 0.1, 11);
  const Matrix<float> now = tests::sparse_weights(65, 63, 0.3, 12);
  const ColumnGroups old = group_columns(before, options(8, 1.75));
  GroupingOptions chosen = options(5, 0.5);
  chosen.start = &old;
  const tests::ReferenceGrouping reference(now, 5, 0.5);
  std::size_t grouped = 0;
  for (const auto& group : group_columns(now, chosen).groups) {
    EXPECT_TRUE(reference.admissible(group));
    grouped += group.size();
  }
  EXPECT_EQ(grouped, nonzero_columns(now));
  const ColumnGroups twice{{{1, 2}, {2}}};
  chosen.start = &twice;
  EXPECT_THROW((void)group_columns(now, chosen), InternalError);
}

TEST(Search, RefusesBadOptions) {
  GroupingOptions chosen = options(8, 1);
  chosen.search_seconds = -1;
  EXPECT_THROW(check(chosen), UserError);
  chosen.search_seconds = std::nan("");
  EXPECT_THROW(check(chosen), UserError);
}

}  // namespace
}  // namespace colcomb::combining
