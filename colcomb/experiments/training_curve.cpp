#include <fmt/format.h>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

std::vector<Settings> training_curve_points(const Plan& plan) {
  return {point_of(plan, plan.last(), Setting::kCombinePrune)};
}

/// Convolution weights that the network could have.
std::uint64_t dense_weights(const FloatNetwork& network) {
  std::uint64_t weights = 0;
  for (const FloatLayer& layer : network.hidden)
    weights += layer.weights.rows() * layer.weights.cols();
  return weights;
}

void fill_training_curve(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"epoch", "epoch", "", 0},
                    {"top1", "test top-1", "%", 2},
                    {"nonzeros", "weights", "", 0},
                    {"density", "of all", "%", 1},
                    {"utilization", "utilization", "%", 1},
                    {"train_loss", "training loss", "", 4}};
  report::ChartSeries accuracy{"test top-1 accuracy", {}, true};
  report::ChartSeries density{"nonzero weights", {}, true};
  if (const auto trained = store.trained(training_curve_points(plan).front())) {
    const auto all = static_cast<double>(dense_weights(trained->network));
    for (const EpochRecord& epoch : trained->training.history) {
      const double share = 100 * static_cast<double>(epoch.nonzeros) / all;
      result.lines.push_back({fmt::format("epoch {}", epoch.epoch),
                              {static_cast<double>(epoch.epoch), value_of(100 * epoch.test_top1),
                               static_cast<double>(epoch.nonzeros), value_of(share),
                               value_of(100 * epoch.utilization), value_of(epoch.train_loss)}});
      accuracy.points.push_back({static_cast<double>(epoch.epoch), 100 * epoch.test_top1});
      density.points.push_back({static_cast<double>(epoch.epoch), share});
    }
  }
  result.notes.push_back(fmt::format("{}, alpha {}, gamma {}; float network, convolution weights",
                                     plan.last().shown(), kAlpha, kGamma));
  result.chart.series = {std::move(accuracy), std::move(density)};
  result.chart.title =
      fmt::format("{}, {}: accuracy and nonzero weights", plan.last().shown(), plan.dataset);
  result.chart.x_label = "epoch";
  result.chart.y_label = "percent";
  result.chart.y_from_zero = true;
}

}  // namespace

Experiment training_curve() {
  return {"", "", training_curve_points, fill_training_curve};
}

}  // namespace colcomb::experiments
