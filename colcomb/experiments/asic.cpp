#include <fmt/format.h>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/paper_values.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

Settings asic_point(const Plan& plan, const PlannedNetwork& network, Setting setting,
                    const std::string& technology) {
  return together(point_of(plan, network, setting), {{"technology", quoted(technology)}});
}

std::vector<Settings> asic_points(const Plan& plan) {
  std::vector<Settings> all;
  for (const PlannedNetwork& network : plan.networks) {
    for (const Setting setting : kThreeSettings) {
      for (const std::string& technology : plan.technologies)
        all.push_back(asic_point(plan, network, setting, technology));
    }
  }
  return all;
}

/// What does not depend on the technology stands in the first one's line.
void add_lines(const Plan& plan, const Store& store, const PlannedNetwork& network,
               const std::string& technology, Result& result) {
  const bool first = technology == plan.technologies.front();
  const Settings baseline = asic_point(plan, network, Setting::kBaseline, technology);
  report::ChartSeries& series =
      result.chart.series.emplace_back(fmt::format("{}, {}", network.family(), technology));
  for (const Setting setting : kThreeSettings) {
    const Settings own = asic_point(plan, network, setting, technology);
    const auto once = [&](std::optional<double> number) {
      return first ? value_of(number) : Value();
    };
    const auto relative = [&](const char* name) {
      return ratio(store.value(own, name), store.value(baseline, name));
    };
    const auto energy = relative("on_chip_pj_high");
    result.lines.push_back(
        {line_name(network, name_of(setting)),
         {technology, once(store.value(own, "frames_per_second")),
          once(relative("frames_per_second")),
          value_of(times(1e-6, store.value(own, "on_chip_pj_low"))),
          value_of(times(1e-6, store.value(own, "on_chip_pj_high"))), value_of(energy),
          value_of(ratio(1e12, store.value(own, "on_chip_pj_high"))),
          once(store.value(own, "tiles")), once(relative("tiles")), once(store.top1(own)),
          once(times(100, store.value(own, "utilization")))}});
    if (energy) series.points.push_back({static_cast<double>(setting), *energy});
  }
}

/// The paper's bars of this network, where they are known.
void add_paper_series(const PlannedNetwork& network, Result& result) {
  report::ChartSeries series;
  for (const Setting setting : kThreeSettings) {
    const PaperValue* known =
        find_paper_value(result.experiment, line_name(network, name_of(setting)), "energy");
    if (known == nullptr) continue;
    series.name = fmt::format("{}, the paper's, {}", network.family(), name_of(known->status));
    series.points.push_back({static_cast<double>(setting), known->value});
  }
  if (!series.points.empty()) result.chart.series.push_back(std::move(series));
}

void fill_asic(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"technology", "technology", "", 0},
                    {"frames_per_second", "throughput", "1/s", 0},
                    {"throughput", "relative throughput", "", 3},
                    {"energy_uj_low", "energy from", "uJ", 2},
                    {"energy_uj_high", "to", "uJ", 2},
                    {"energy", "relative energy", "", 3},
                    {"frames_per_joule", "frames per joule, at least", "1/J", 0},
                    {"array_tiles", "tiles", "", 0},
                    {"tiles", "relative tiles", "", 3},
                    {"top1", "top-1", "%", 2},
                    {"utilization", "utilization", "%", 1}};
  for (const std::string& technology : plan.technologies) {
    for (const PlannedNetwork& network : plan.networks)
      add_lines(plan, store, network, technology, result);
  }
  for (const PlannedNetwork& network : plan.networks) add_paper_series(network, result);
  result.notes.push_back(fmt::format(
      "array {}; baseline: alpha 1, IL cells; combine: the baseline's network, alpha {}, gamma 0, "
      "MX cells; combine + prune: trained with alpha {}, gamma {}",
      plan.array, kAlpha, kAlpha, kGamma));
  result.notes.push_back(
      "energies are of the known parts on the chip; their ratios are of the upper ends");
  result.chart.title = fmt::format("Energy of a sample, {}", plan.dataset);
  result.chart.x_label = "setting";
  result.chart.y_label = "energy, relative to the baseline";
  result.chart.y_from_zero = true;
  for (const Setting setting : kThreeSettings) result.chart.x_names.emplace_back(name_of(setting));
}

}  // namespace

Experiment asic() {
  return {"", "", asic_points, fill_asic};
}

}  // namespace colcomb::experiments
