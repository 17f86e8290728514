#include "colcomb/combining/group_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/importance.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/random_weights.hpp"
#include "tests/support/reference_grouping.hpp"

namespace colcomb::combining {
namespace {

/// Whole numbers of which the largest is the highest level: levels are then exact.
Matrix<float> integer_importance(const Matrix<float>& pruned) {
  Matrix<float> importance(pruned.rows(), pruned.cols());
  for (std::size_t i = 0; i < importance.size(); ++i)
    importance.values()[i] = std::round(std::min(std::fabs(pruned.values()[i]), 9.0F) * 3000);
  if (!importance.empty()) importance.values()[0] = 32767;
  return importance;
}

std::int64_t naive_value(const Matrix<float>& importance, const ColumnGroups& groups) {
  return std::llround(retained_importance(importance, groups));
}

RC_GTEST_PROP(GroupState, ValuesEveryChangeAsAFullRecount, ()) {
  const tests::Shape shape = *rc::gen::elementOf(tests::kAwkwardShapes);
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  Matrix<float> pruned = tests::tied_weights(shape.rows, shape.cols, 0.3, seed);
  if (!pruned.empty()) pruned(0, 0) = 1;  // the column of the largest importance is not zero
  const Matrix<float> importance = integer_importance(pruned);
  const std::size_t alpha = *rc::gen::element<std::size_t>(2, 5, 8);
  const double gamma = *rc::gen::element(0.1, 0.5, 100.0);
  GroupingOptions options;
  options.alpha = alpha;
  options.gamma = gamma;
  options.policy = GroupingPolicy::kPairwise;
  const ColumnPattern pattern = pattern_of(pruned);
  const ColumnGroups start = group_columns(pruned, options);
  if (pattern.size() == 0) return;
  const std::size_t extra = *rc::gen::inRange<std::size_t>(0, 3);
  GroupState state(pattern, importance, start, start.size() + extra, alpha,
                   conflict_limit(gamma, shape.rows));
  RC_ASSERT(state.value() == naive_value(importance, start));
  const tests::ReferenceGrouping reference(pruned, alpha, gamma);
  Random random(seed);
  for (int step = 0; step < 30; ++step) {
    const auto column = static_cast<std::uint32_t>(random.below(state.columns()));
    const auto group = static_cast<std::uint32_t>(random.below(state.groups()));
    if (group == state.group_of(column)) continue;
    const std::int64_t before = state.value();
    const auto change = state.best_change(column, group, INT64_MIN);
    if (!change.found) continue;
    state.apply(change);
    RC_ASSERT(state.value() - before == change.gain);
    RC_ASSERT(state.value() == naive_value(importance, state.result()));
    for (const auto& members : state.result().groups) RC_ASSERT(reference.admissible(members));
  }
}

TEST(GroupState, TakesTheBestChangeAboveTheFloor) {
  // {0, 1} {2, 3}: every row is 4, so swapping 0 with 2 or 3 loses; moving is not admissible at
  // alpha 2. Levels are 32767 / 4 for each 1.
  const Matrix<float> matrix(2, 4,
                             {4, 0, 4, 0,  //
                              0, 4, 0, 4});
  const ColumnPattern pattern = pattern_of(matrix);
  GroupState state(pattern, matrix, {{{0, 1}, {2, 3}}}, 2, 2, 2);
  EXPECT_EQ(state.value(), 4 * 32767);
  EXPECT_FALSE(state.best_change(0, 1, 0).found);
  // Swapping 0 with 2 changes nothing; with 3 each group loses a row.
  const auto even = state.best_change(0, 1, -1);
  EXPECT_TRUE(even.found);
  EXPECT_EQ(even.partner, 2U);
  EXPECT_EQ(even.gain, 0);
  EXPECT_EQ(state.evaluations(), 4U);
  EXPECT_FALSE(state.best_move(0, 1, INT64_MIN).found);
}

}  // namespace
}  // namespace colcomb::combining
