#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace colcomb::allocation {

/// One way to have an item: what it costs of the budget and what it is worth.
struct Choice {
  std::uint64_t cost = 0;  // what the choice costs, at least 0
  std::int64_t value = 0;  // what it is worth

  bool operator==(const Choice&) const = default;
};

/// One choice for each layer.
struct Solution {
  std::vector<std::size_t> choices;  // per item: index into its choices
  std::uint64_t cost = 0;            // sums over the items
  std::int64_t value = 0;            // sum of the choices' values
  /// No choice of the items within the budget has a larger value: the Lagrangian dual's optimum,
  /// rounded down. value <= bound.
  std::int64_t bound = 0;
};

/// The sum of each item's least cost.
[[nodiscard]] std::uint64_t least_cost(const std::vector<std::vector<Choice>>& items);

/// One choice per item so that the sum of the values is largest while the sum of the costs is at
/// most `budget` (the multiple-choice knapsack problem), exactly; nothing if least_cost() is above
/// it. Dynamic programming over the items, in which partial solutions are dropped that another one
/// dominates or that cannot reach, by the dual bound, what is known already. Values up to 2^40.
/// Requires: every item has a choice.
[[nodiscard]] std::optional<Solution> solve(const std::vector<std::vector<Choice>>& items,
                                            std::uint64_t budget);

}  // namespace colcomb::allocation
