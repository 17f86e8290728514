#include "colcomb/allocation/solver.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "colcomb/base/random.hpp"

namespace colcomb::allocation {
namespace {

using Items = std::vector<std::vector<Choice>>;

/// Looks at every combination; nothing if none keeps the budget.
std::optional<std::int64_t> best_value(const Items& items, std::uint64_t budget,
                                       std::size_t item = 0) {
  if (item == items.size()) return 0;
  std::optional<std::int64_t> best;
  for (const Choice& choice : items[item]) {
    if (choice.cost > budget) continue;
    const auto rest = best_value(items, budget - choice.cost, item + 1);
    if (rest && (!best || choice.value + *rest > *best)) best = choice.value + *rest;
  }
  return best;
}

Items random_items(Random& random) {
  Items items(1 + random.below(6));
  const std::uint64_t largest = random.below(2) == 0 ? 12 : 1'000'000;
  for (auto& item : items) {
    const std::size_t choices = 1 + random.below(6);
    for (std::size_t i = 0; i < choices; ++i) {
      item.push_back({random.below(largest), static_cast<std::int64_t>(random.below(largest)) -
                                                 static_cast<std::int64_t>(largest / 4)});
    }
  }
  return items;
}

TEST(Solver, EqualsBruteForceOnRandomInstances) {
  int infeasible = 0;
  int gaps = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Items items = random_items(random);
    const std::uint64_t budget = random.below(least_cost(items) * 3 + 10);
    const auto expected = best_value(items, budget);
    const auto found = solve(items, budget);
    ASSERT_EQ(found.has_value(), expected.has_value());
    EXPECT_EQ(expected.has_value(), least_cost(items) <= budget);
    if (!found) {
      ++infeasible;
      continue;
    }
    EXPECT_EQ(found->value, *expected);
    EXPECT_GE(found->bound, *expected);
    gaps += found->bound > found->value ? 1 : 0;
    std::uint64_t cost = 0;
    std::int64_t value = 0;
    ASSERT_EQ(found->choices.size(), items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      cost += items[i].at(found->choices[i]).cost;
      value += items[i].at(found->choices[i]).value;
    }
    EXPECT_EQ(found->cost, cost);
    EXPECT_EQ(found->value, value);
    EXPECT_LE(cost, budget);
  }
  EXPECT_GT(infeasible, 100);  // both kinds came up
  EXPECT_GT(gaps, 100);        // and instances that the relaxation alone does not solve
}

TEST(Solver, BoundIsTheLinearRelaxation) {
  // 10 units: the second item's step has 5 per unit, the first's 3; 2 units are left for the first.
  const Items items = {{{0, 0}, {4, 12}}, {{0, 0}, {8, 40}}};
  const auto found = solve(items, 10);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->choices, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(found->value, 40);
  EXPECT_EQ(found->bound, 46);
}

TEST(Solver, TakesAChoiceInsideTheHull) {
  // (3, 4) lies under the line from (0, 0) to (6, 12), but it is all that 5 units buy.
  const Items items = {{{0, 0}, {3, 4}, {6, 12}}};
  const auto found = solve(items, 5);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->choices, (std::vector<std::size_t>{1}));
  EXPECT_EQ(found->bound, 10);
}

TEST(Solver, ExactlyTheBudgetIsWithinIt) {
  const Items items = {{{2, 1}}, {{3, 1}, {5, 2}}};
  EXPECT_FALSE(solve(items, 4).has_value());
  EXPECT_EQ(solve(items, 5)->value, 2);
  EXPECT_EQ(solve(items, 6)->value, 2);
  EXPECT_EQ(solve(items, 7)->value, 3);
}

}  // namespace
}  // namespace colcomb::allocation
