#include <fmt/format.h>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

Settings latency_point(const Plan& plan, const PlannedNetwork& network, bool across) {
  return together(point_of(plan, network, Setting::kCombinePrune),
                  {{"schedule.cross_layer", across ? "true" : "false"}});
}

std::vector<Settings> latency_points(const Plan& plan) {
  std::vector<Settings> all;
  for (const PlannedNetwork& network : plan.networks) {
    for (const bool across : {false, true}) all.push_back(latency_point(plan, network, across));
  }
  return all;
}

void fill_latency(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"latency", "latency", "clocks", 0},
                    {"latency_us", "latency", "us", 2},
                    {"gain", "shorter", "x", 2},
                    {"interval", "interval", "clocks", 0},
                    {"array_cells", "cells", "", 0}};
  report::ChartSeries layered{"layer after layer", {}, false};
  report::ChartSeries pipelined{"across layers", {}, false};
  for (std::size_t n = 0; n < plan.networks.size(); ++n) {
    const PlannedNetwork& network = plan.networks[n];
    result.chart.x_names.push_back(network.shown());
    for (const bool across : {false, true}) {
      const Settings own = latency_point(plan, network, across);
      const auto latency = store.value(own, "latency");
      const auto gain =
          across ? ratio(store.value(latency_point(plan, network, false), "latency"), latency)
                 : std::nullopt;
      result.lines.push_back(
          {line_name(network, across ? "across layers" : "layer after layer"),
           {value_of(latency), value_of(store.value(own, "latency_us")), value_of(gain),
            value_of(store.value(own, "interval")), value_of(store.value(own, "array_cells"))}});
      if (const auto us = store.value(own, "latency_us"))
        (across ? pipelined : layered).points.push_back({static_cast<double>(n), *us});
    }
  }
  result.notes.push_back(fmt::format(
      "layer after layer: one array, {}; across layers: an array of its own for every layer",
      plan.array));
  result.chart.series = {std::move(layered), std::move(pipelined)};
  result.chart.title = fmt::format("Latency of the first image, {}", plan.dataset);
  result.chart.x_label = "network, alpha 8, gamma 0.5";
  result.chart.y_label = "latency, us";
  result.chart.y_from_zero = true;
}

}  // namespace

Experiment latency() {
  return {"", "", latency_points, fill_latency};
}

}  // namespace colcomb::experiments
