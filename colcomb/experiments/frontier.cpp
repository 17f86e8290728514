#include <fmt/format.h>

#include <algorithm>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/program_flags.hpp"

namespace colcomb::experiments {
namespace {

std::vector<std::string> frontier_arguments(const Plan& plan) {
  return program_flags(
      plan, {"--array", plan.array, "--check-images", fmt::to_string(plan.check_images), "--arms",
             "uniform", "budget", "--alphas", "2", "4", "8", "--seeds", "1"});
}

void fill_frontier(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"budget", "budget", "clocks", 0},
                    {"interval", "interval", "clocks", 0},
                    {"nonzeros", "weights", "", 0},
                    {"top1", "top-1", "%", 2}};
  const nlohmann::json report = store.results(result.experiment);
  for (const auto& run : report["runs"]) {
    const std::string arm = run.at("arm");
    const double interval = run.at("interval");
    const double top1 = 100 * run.at("integer_top1").get<double>();
    result.lines.push_back(
        {fmt::format("{}, alpha {}", arm, run.at("alpha").get<std::size_t>()),
         {run.at("budget").get<double>(), interval, run.at("nonzeros").get<double>(), top1}});
    auto series = std::ranges::find(result.chart.series, arm, &report::ChartSeries::name);
    if (series == result.chart.series.end())
      series = result.chart.series.insert(result.chart.series.end(), {arm, {}, true});
    series->points.push_back({interval, top1});
  }
  result.notes.push_back(fmt::format(
      "{} on array {}; uniform: one alpha in every layer; budget: groups of all layers chosen "
      "together within as many clocks; cubic schedule, empty cells filled",
      plan.last().shown(), plan.array));
  result.chart.title =
      fmt::format("{}, {}: accuracy against clocks", plan.last().shown(), plan.dataset);
  result.chart.x_label = "clocks from batch to batch";
  result.chart.y_label = "top-1, percent of the test split";
}

}  // namespace

Experiment frontier() {
  return {"", "", nullptr, fill_frontier, frontier_arguments};
}

}  // namespace colcomb::experiments
