#include <fmt/format.h>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

/// A small device with open tools, the only one of which there are figures.
constexpr const char* kFpgaTechnology = "ice40-hx8k";
/// What the device has room for.
constexpr const char* kFpgaArray = "4x4";

Settings fpga_point(const Plan& plan, const PlannedNetwork& network) {
  Plan small = plan;
  small.array = kFpgaArray;
  return together(point_of(small, network, Setting::kCombinePrune),
                  {{"technology", quoted(kFpgaTechnology)}});
}

std::vector<Settings> fpga_points(const Plan& plan) {
  std::vector<Settings> all;
  for (const PlannedNetwork& network : plan.networks) all.push_back(fpga_point(plan, network));
  return all;
}

void fill_fpga(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"top1", "top-1", "%", 2},
                    {"luts", "LUTs, known parts", "", 0},
                    {"block_rams", "block RAMs", "", 0},
                    {"clock_mhz", "clock", "MHz", 1},
                    {"latency", "latency", "clocks", 0},
                    {"latency_us", "latency at that clock", "us", 2},
                    {"frames_per_second", "rate at that clock", "1/s", 1},
                    {"frames_per_joule", "frames per joule", "1/J", 0}};
  report::ChartSeries series{kFpgaTechnology, {}, false};
  for (std::size_t n = 0; n < plan.networks.size(); ++n) {
    const PlannedNetwork& network = plan.networks[n];
    const Settings own = fpga_point(plan, network);
    const auto clock = store.value(own, "clock_mhz_low");
    const auto latency = store.value(own, "latency");
    const auto rate = ratio(times(1e6, clock), store.value(own, "interval"));
    result.lines.push_back({network.family(),
                            {value_of(store.top1(own)), value_of(store.value(own, "luts_high")),
                             value_of(store.value(own, "block_rams_high")), value_of(clock),
                             value_of(latency), value_of(ratio(latency, clock)), value_of(rate),
                             value_of(ratio(1e12, store.value(own, "on_chip_pj_high")))}});
    result.chart.x_names.push_back(network.shown());
    if (rate) series.points.push_back({static_cast<double>(n), *rate});
  }
  result.notes.push_back(
      fmt::format("ours: {}, array {}, alpha {}, the clock that its slowest known part surely "
                  "reaches; the paper's: XCKU035. A dash: not known",
                  kFpgaTechnology, kFpgaArray, kAlpha));
  result.notes.push_back("buffers are those of the array's description, whatever the device has");
  result.chart.series = {std::move(series)};
  result.chart.title = fmt::format("Images a second, {}", plan.dataset);
  result.chart.x_label = fmt::format("network on {}", kFpgaTechnology);
  result.chart.y_label = "images a second";
  result.chart.y_from_zero = true;
}

}  // namespace

Experiment fpga() {
  return {"", "", fpga_points, fill_fpga};
}

}  // namespace colcomb::experiments
