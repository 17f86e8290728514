#include "colcomb/experiments/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::experiments {

#define COLCOMB_EXPERIMENT(function, name, stands_for) [[nodiscard]] Experiment function();
#include "colcomb/experiments/experiments.def"
#undef COLCOMB_EXPERIMENT

namespace {

Experiment named(Experiment experiment, const char* name, const char* stands_for) {
  experiment.name = name;
  experiment.stands_for = stands_for;
  return experiment;
}

}  // namespace

std::span<const Experiment> all_experiments() {
  static const std::vector<Experiment> all = {
#define COLCOMB_EXPERIMENT(function, name, stands_for) named(function(), name, stands_for),
#include "colcomb/experiments/experiments.def"
#undef COLCOMB_EXPERIMENT
  };
  return all;
}

const Experiment& find_experiment(const std::string& name) {
  const auto all = all_experiments();
  const auto found = std::ranges::find(all, name, &Experiment::name);
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const Experiment& experiment : all) names.push_back(experiment.name);
  throw option_error("experiment", name, must_be_one_of(name, names));
}

Result result_of(const Experiment& experiment, const Plan& plan, const Store& store) {
  Result result;
  result.experiment = experiment.name;
  result.stands_for = experiment.stands_for;
  result.dataset = plan.dataset;
  result.notes = cuts(plan);
  result.chart.title = fmt::format("{}, {}", experiment.name, plan.dataset);
  result.chart.description = experiment.stands_for;
  experiment.fill(plan, store, result);
  for (std::string& failure : store.failures()) {
    result.notes.push_back(std::move(failure));
    ++result.failed;
  }
  return result;
}

std::optional<double> ratio(std::optional<double> a, std::optional<double> b) {
  return a && b && *b != 0 ? std::optional(*a / *b) : std::nullopt;
}

std::optional<double> times(double factor, std::optional<double> value) {
  return value ? std::optional(factor * *value) : std::nullopt;
}

}  // namespace colcomb::experiments
