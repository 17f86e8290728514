#include <fmt/format.h>

#include <array>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

std::vector<Settings> tiles_points(const Plan& plan) {
  std::vector<Settings> all;
  for (const Setting setting : kThreeSettings) all.push_back(point_of(plan, plan.last(), setting));
  return all;
}

/// What combining did in this setting; absent where training failed.
std::optional<CombiningReport> report_of(const Plan& plan, const Store& store, Setting setting) {
  auto trained = store.trained(point_of(plan, plan.last(), setting));
  if (!trained) return std::nullopt;
  if (setting == Setting::kCombine) {
    // As the point of this setting was.
    combining::NetworkCombineOptions options;
    options.grouping.alpha = kAlpha;
    options.grouping.gamma = 0;
    options.alpha = kAlpha;
    combining::combine_network(trained->network, options);
  }
  const ArrayConfig array = describe_array(plan.array, kAlpha);
  return combining::report_network(trained->network, array.rows, array.columns);
}

void fill_tiles(const Plan& plan, const Store& store, Result& result) {
  std::array<std::optional<CombiningReport>, kThreeSettings.size()> reports;
  std::size_t layers = 0;
  for (std::size_t s = 0; s < reports.size(); ++s) {
    const char* name = name_of(kThreeSettings[s]);
    result.columns.push_back({fmt::format("tiles_{}", s + 1), name, "tiles", 0});
    reports[s] = report_of(plan, store, kThreeSettings[s]);
    if (!reports[s]) continue;
    layers = reports[s]->layers.size();
    report::ChartSeries series{name, {}, true};
    for (std::size_t l = 0; l < layers; ++l) {
      series.points.push_back({static_cast<double>(l + 1),
                               static_cast<double>(reports[s]->layers[l].tiles),
                               {},
                               reports[s]->layers[l].name});
    }
    result.chart.series.push_back(std::move(series));
  }
  for (std::size_t l = 0; l <= layers && layers > 0; ++l) {
    Line line;
    for (const auto& report : reports) {
      line.values.emplace_back();
      if (!report) continue;
      const LayerReport& layer = l < layers ? report->layers[l] : report->total;
      line.setting = l < layers ? layer.name : "all layers";
      line.values.back() = static_cast<double>(layer.tiles);
    }
    result.lines.push_back(std::move(line));
  }
  result.notes.push_back(fmt::format("{}, tiles of array {}", plan.last().shown(), plan.array));
  result.chart.title =
      fmt::format("{}, {}: tiles of each layer", plan.last().shown(), plan.dataset);
  result.chart.x_label = "layer";
  result.chart.y_label = "tiles";
  result.chart.y_from_zero = true;
}

}  // namespace

Experiment tiles() {
  return {"", "", tiles_points, fill_tiles};
}

}  // namespace colcomb::experiments
