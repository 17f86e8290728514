#include "colcomb/combining/grouping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "colcomb/base/error.hpp"

namespace colcomb::combining {
namespace {

GroupingOptions options(std::size_t alpha, double gamma, GroupingPolicy policy) {
  GroupingOptions result;
  result.alpha = alpha;
  result.gamma = gamma;
  result.policy = policy;
  return result;
}

// Columns by nonzeros: 0 has rows 0 1 2, 1 has rows 2 3, 2 has row 3, 3 is empty, 4 has row 0.
const Matrix<float> kMatrix(4, 5, {1, 0, 0, 0, 1,  //
                                   1, 0, 0, 0, 0,  //
                                   1, 1, 0, 0, 0,  //
                                   0, 1, 1, 0, 0});

TEST(DenseFirst, PutsEachColumnWhereItBecomesDensest) {
  // gamma 0: column 1 meets 0 in row 2, so it opens a group; 2 goes to 0 (union 4 rows); 4 meets 0
  // in row 0, so it goes to 1.
  EXPECT_EQ(group_columns(kMatrix, options(8, 0, GroupingPolicy::kDenseFirst)).groups,
            (std::vector<std::vector<std::uint32_t>>{{0, 2}, {1, 4}}));
  // gamma 0.25 allows one conflict in four rows: 1 joins 0 in spite of row 2; then 2 and 4 would
  // each add a second conflict, and together they have none.
  EXPECT_EQ(group_columns(kMatrix, options(8, 0.25, GroupingPolicy::kDenseFirst)).groups,
            (std::vector<std::vector<std::uint32_t>>{{0, 1}, {2, 4}}));
}

TEST(Pairwise, MergesThePairWithTheFewestJointlyEmptyRows) {
  // gamma 0: {0, 2} leaves no row empty and goes first; then {1, 4} leaves one.
  EXPECT_EQ(group_columns(kMatrix, options(8, 0, GroupingPolicy::kPairwise)).groups,
            (std::vector<std::vector<std::uint32_t>>{{0, 2}, {1, 4}}));
  // gamma 0.5 allows two conflicts: {0, 1} leaves no row empty and has the lowest indices; it takes
  // 2 (second conflict), and 4 is left over.
  EXPECT_EQ(group_columns(kMatrix, options(8, 0.5, GroupingPolicy::kPairwise)).groups,
            (std::vector<std::vector<std::uint32_t>>{{0, 1, 2}, {4}}));
}

TEST(GroupColumns, HonoursGammaExactly) {
  // Three rows, all shared: three conflicts, an average of exactly 1.
  const Matrix<float> matrix(3, 2, {1, 1, 1, 1, 1, 1});
  for (const std::string& name : policy_names()) {
    const GroupingPolicy policy = parse_policy(name);
    EXPECT_EQ(group_columns(matrix, options(8, 1.0, policy)).size(), 1U) << name;
    EXPECT_EQ(group_columns(matrix, options(8, 0.999, policy)).size(), 2U) << name;
  }
}

TEST(GroupColumns, TakesAnInfiniteGamma) {
  const Matrix<float> matrix(1, 4, {1, 1, 1, 1});
  const double infinity = std::numeric_limits<double>::infinity();
  for (const std::string& name : policy_names()) {
    EXPECT_EQ(group_columns(matrix, options(2, infinity, parse_policy(name))).size(), 2U) << name;
    EXPECT_EQ(group_columns(Matrix<float>(0, 4), options(2, infinity, parse_policy(name))).size(),
              0U);
  }
}

ColumnGroups by_custom(std::vector<std::vector<std::uint32_t>> groups, std::size_t alpha = 8,
                       double gamma = 0.25) {
  GroupingOptions custom = options(alpha, gamma, GroupingPolicy::kSearch);
  custom.custom = [&](const Matrix<float>&, const GroupingOptions&) {
    return ColumnGroups{groups};
  };
  return group_columns(kMatrix, custom);
}

TEST(CustomPolicy, TakesThePlaceOfTheBuiltInOnes) {
  EXPECT_EQ(by_custom({{4, 1}, {2, 0}}).groups,
            (std::vector<std::vector<std::uint32_t>>{{0, 2}, {1, 4}}));  // sorted
}

TEST(CustomPolicy, IsHeldToTheRulesOfAllPolicies) {
  const auto refusal = [](const std::function<void()>& call) {
    try {
      call();
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal([] {
                (void)by_custom({{0, 2}, {1, 4}}, 1);
              }),
              HasSubstr("more than alpha columns"));
  EXPECT_THAT(refusal([] {
                (void)by_custom({{0, 1, 4}, {2}});
              }),
              HasSubstr("group 0 with 2 conflicts': must have at most 1, gamma times the rows"));
  EXPECT_THAT(refusal([] {
                (void)by_custom({{0, 2}, {1}});
              }),
              HasSubstr("column 4': has a nonzero weight and must be in a group"));
  EXPECT_THAT(refusal([] {
                (void)by_custom({{0, 2}, {1, 3, 4}});
              }),
              HasSubstr("column 3': is all zero and must be in no group"));
  EXPECT_THAT(refusal([] {
                GroupingOptions custom;
                custom.custom = [](const Matrix<float>&, const GroupingOptions&) {
                  return ColumnGroups{};
                };
                custom.groups_target = 2;
                (void)group_columns(kMatrix, custom);
              }),
              HasSubstr("groups_target"));
}

TEST(ConflictLimit, IsTheLargestWholeNumberWithinGamma) {
  EXPECT_EQ(conflict_limit(1.75, 4), 7U);
  EXPECT_EQ(conflict_limit(1.75, 5), 8U);  // 8.75
  EXPECT_EQ(conflict_limit(0, 5), 0U);
  EXPECT_EQ(conflict_limit(1, 0), 0U);
}

TEST(GroupingOptions, RefusesWhatIsOutOfRange) {
  const auto policy = GroupingPolicy::kPairwise;
  EXPECT_NO_THROW(check(options(1, 0, policy)));
  EXPECT_NO_THROW(check(options(64, 0, policy)));
  EXPECT_THROW(check(options(0, 0, policy)), UserError);
  EXPECT_THROW(check(options(65, 0, policy)), UserError);
  EXPECT_THROW(check(options(8, -0.1, policy)), UserError);
  try {
    check(options(8, std::nan(""), policy));
    FAIL() << "accepted NaN";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "column grouping: gamma is 'nan': must be at least 0");
  }
}

TEST(GroupColumns, RefusesNan) {
  const Matrix<float> matrix(1, 2, {1, std::nanf("")});
  for (const std::string& name : policy_names())
    EXPECT_THROW((void)group_columns(matrix, options(8, 1, parse_policy(name))), UserError);
}

TEST(Policies, AreFoundByName) {
  EXPECT_THAT(policy_names(), ::testing::IsSupersetOf({"dense-first", "pairwise"}));
  for (const std::string& name : policy_names()) EXPECT_EQ(name_of(parse_policy(name)), name);
  try {
    (void)parse_policy("greedy");
    FAIL() << "accepted an unknown policy";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("dense-first, pairwise"));
  }
}

}  // namespace
}  // namespace colcomb::combining
