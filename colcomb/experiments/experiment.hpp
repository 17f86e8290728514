#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/experiments/plan.hpp"
#include "colcomb/experiments/result.hpp"
#include "colcomb/experiments/store.hpp"

namespace colcomb::experiments {

/// A figure or table of the paper as data: what must be computed, and how it is read.
struct Experiment {
  std::string name;        // as the command names it
  std::string stands_for;  // which figure or table of the paper
  /// The points that it reads from the store. Requires: check(plan) passes.
  std::function<std::vector<Settings>(const Plan&)> points;
  /// Columns, lines and figure from what the store has; what it lacks is absent.
  std::function<void(const Plan&, const Store&, Result&)> fill;
  /// In place of points: arguments of `colcomb experiment NAME`, which is then run, but for --out.
  std::function<std::vector<std::string>(const Plan&)> arguments = nullptr;
};

/// All of experiments.def, in its order.
[[nodiscard]] std::span<const Experiment> all_experiments();
/// Errors: UserError (option_error naming `experiment`) listing the names.
[[nodiscard]] const Experiment& find_experiment(const std::string& name);

/// The experiment's result from a store.
[[nodiscard]] Result result_of(const Experiment& experiment, const Plan& plan, const Store& store);

/// a / b where both are there and b is not 0.
[[nodiscard]] std::optional<double> ratio(std::optional<double> a, std::optional<double> b);
/// factor * value where it is there.
[[nodiscard]] std::optional<double> times(double factor, std::optional<double> value);

}  // namespace colcomb::experiments
