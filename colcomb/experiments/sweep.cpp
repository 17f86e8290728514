#include "colcomb/experiments/sweep.hpp"

#include <fmt/format.h>

namespace colcomb::experiments {
namespace {

Settings point_at(const Plan& plan, const SweepPoint& at) {
  return together(training(plan, plan.last(), at.alpha, at.gamma), array_of(plan, at.alpha));
}

void fill_sweep(const std::string& axis, const std::vector<SweepPoint>& along, const Plan& plan,
                const Store& store, Result& result) {
  result.columns = {{"top1", "top-1", "%", 2},
                    {"utilization", "utilization", "%", 1},
                    {"gain", "utilization over the first", "x", 2},
                    {"nonzeros", "weights", "", 0},
                    {"tiles", "tiles", "", 0},
                    {"interval", "interval", "clocks", 0}};
  report::ChartSeries accuracy{"top-1 accuracy", {}, true};
  report::ChartSeries utilization{"utilization efficiency", {}, true};
  const auto first = store.value(point_at(plan, along.front()), "utilization");
  for (const SweepPoint& at : along) {
    const Settings own = point_at(plan, at);
    const auto top1 = store.top1(own);
    const auto share = store.value(own, "utilization");
    result.lines.push_back(
        {at.setting,
         {value_of(top1), value_of(times(100, share)), value_of(ratio(share, first)),
          value_of(store.value(own, "nonzeros")), value_of(store.value(own, "tiles")),
          value_of(store.value(own, "interval"))}});
    if (top1) accuracy.points.push_back({at.x, *top1});
    if (share) utilization.points.push_back({at.x, 100 * *share});
  }
  result.notes.push_back(fmt::format("{} on array {}", plan.last().shown(), plan.array));
  result.chart.series = {std::move(accuracy), std::move(utilization)};
  result.chart.title = fmt::format("{}, {}: accuracy and utilization efficiency against {}",
                                   plan.last().shown(), plan.dataset, axis);
  result.chart.x_label = axis;
  result.chart.y_label = "percent";
  result.chart.y_from_zero = true;
}

}  // namespace

Experiment sweep(const std::string& axis, std::vector<SweepPoint> (*points)(const Plan&)) {
  Experiment experiment;
  experiment.points = [points](const Plan& plan) {
    std::vector<Settings> all;
    for (const SweepPoint& at : points(plan)) all.push_back(point_at(plan, at));
    return all;
  };
  experiment.fill = [axis, points](const Plan& plan, const Store& store, Result& result) {
    fill_sweep(axis, points(plan), plan, store, result);
  };
  return experiment;
}

}  // namespace colcomb::experiments
