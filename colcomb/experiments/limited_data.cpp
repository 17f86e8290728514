#include <fmt/format.h>

#include <map>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/program_flags.hpp"

namespace colcomb::experiments {
namespace {

/// Percent of each class.
constexpr double kFractions[] = {5, 10, 15, 50};

std::vector<std::string> limited_data_arguments(const Plan& plan) {
  std::vector<std::string> words = {"--gamma", fmt::to_string(kGamma), "--fractions"};
  for (const double percent : kFractions) words.push_back(fmt::to_string(percent));
  return program_flags(plan, std::move(words));
}

void fill_limited_data(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"images", "images", "", 0},
                    {"pretrained", "pretrained, top-1", "%", 2},
                    {"scratch", "new weights, top-1", "%", 2},
                    {"lead", "lead", "points", 2}};
  report::ChartSeries pretrained{"pretrained", {}, true};
  report::ChartSeries scratch{"new weights", {}, true};
  struct Pair {
    double images = 0;
    std::optional<double> pretrained;
    std::optional<double> scratch;
  };
  std::map<double, Pair> pairs;
  const nlohmann::json report = store.results(result.experiment);
  for (const auto& run : report["runs"]) {
    const std::string start = run.at("start");
    const double top1 = 100 * run.at("test_top1").get<double>();
    const double percent = run.at("percent");
    if (start == "dense") {
      result.notes.push_back(
          fmt::format("the dense network, pretrained on {} images, has {:.2f} % of the test split",
                      run.at("images").get<std::size_t>(), top1));
      continue;
    }
    Pair& pair = pairs[percent];
    pair.images = run.at("images");
    (start == "pretrained" ? pair.pretrained : pair.scratch) = top1;
    (start == "pretrained" ? pretrained : scratch).points.push_back({percent, top1});
  }
  for (const auto& [percent, pair] : pairs) {
    std::optional<double> lead;
    if (pair.pretrained && pair.scratch) lead = *pair.pretrained - *pair.scratch;
    result.lines.push_back(
        {fmt::format("{} %", percent),
         {pair.images, value_of(pair.pretrained), value_of(pair.scratch), value_of(lead)}});
  }
  result.notes.push_back(fmt::format("{}, alpha {}, gamma {}; percent of the training images above",
                                     plan.last().shown(), kAlpha, kGamma));
  result.chart.series = {std::move(pretrained), std::move(scratch)};
  result.chart.title =
      fmt::format("{}, {}: accuracy with part of the data", plan.last().shown(), plan.dataset);
  result.chart.x_label = "percent of the training images";
  result.chart.y_label = "top-1, percent of the test split";
}

}  // namespace

Experiment limited_data() {
  return {"", "", nullptr, fill_limited_data, limited_data_arguments};
}

}  // namespace colcomb::experiments
