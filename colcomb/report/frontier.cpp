#include "colcomb/report/frontier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/csv.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Json = nlohmann::ordered_json;

FrontierPoint point_of(const std::vector<const FrontierRun*>& runs) {
  FrontierPoint point;
  point.arm = runs.front()->arm;
  point.budget = runs.front()->budget;
  point.runs = runs.size();
  point.least = point.most = runs.front()->integer_top1;
  const auto count = static_cast<double>(runs.size());
  for (const FrontierRun* run : runs) {
    point.interval += static_cast<double>(run->interval) / count;
    point.mean += run->integer_top1 / count;
    point.least = std::min(point.least, run->integer_top1);
    point.most = std::max(point.most, run->integer_top1);
  }
  double squares = 0;
  for (const FrontierRun* run : runs) squares += std::pow(run->integer_top1 - point.mean, 2);
  if (runs.size() > 1) point.deviation = std::sqrt(squares / (count - 1));
  return point;
}

}  // namespace

std::vector<FrontierPoint> frontier_points(const FrontierReport& report) {
  std::vector<std::vector<const FrontierRun*>> groups;
  for (const FrontierRun& run : report.runs) {
    const auto same = std::ranges::find_if(groups, [&run](const auto& group) {
      return group.front()->arm == run.arm && group.front()->budget == run.budget;
    });
    if (same == groups.end()) {
      groups.push_back({&run});
    } else {
      same->push_back(&run);
    }
  }
  std::vector<FrontierPoint> points;
  for (const auto& group : groups) points.push_back(point_of(group));
  return points;
}

std::string frontier_table(const FrontierReport& report) {
  std::vector<std::vector<std::string>> lines = {
      {"arm", "budget", "interval", "of dense", "integer top-1", "least", "most", "runs"}};
  const auto percent = [](double share) { return fmt::format("{:.2f}%", 100 * share); };
  for (const FrontierPoint& point : frontier_points(report)) {
    lines.push_back(
        {point.arm, fmt::to_string(point.budget), fmt::format("{:.0f}", point.interval),
         fmt::format("{:.2f}", point.interval / static_cast<double>(report.dense_clocks)),
         percent(point.mean), percent(point.least), percent(point.most),
         fmt::to_string(point.runs)});
  }
  return format_table(lines, false);
}

std::string frontier_csv(const FrontierReport& report) {
  std::string text = CsvRow("arm", "alpha", "budget", "seed", "network", "interval", "tiles",
                            "nonzeros", "float_top1", "integer_top1", "train_seconds")
                         .line();
  for (const FrontierRun& run : report.runs) {
    text += CsvRow(run.arm, run.alpha, run.budget, run.seed, run.network, run.interval, run.tiles,
                   run.nonzeros, run.float_top1, run.integer_top1, run.train_seconds)
                .line();
  }
  return text;
}

Json to_json(const FrontierReport& report) {
  Json runs = Json::array();
  for (const FrontierRun& run : report.runs) {
    runs.push_back({{"arm", run.arm},
                    {"alpha", run.alpha},
                    {"budget", run.budget},
                    {"seed", run.seed},
                    {"network", run.network},
                    {"interval", run.interval},
                    {"tiles", run.tiles},
                    {"nonzeros", run.nonzeros},
                    {"float_top1", run.float_top1},
                    {"integer_top1", run.integer_top1},
                    {"train_seconds", run.train_seconds}});
  }
  Json points = Json::array();
  for (const FrontierPoint& point : frontier_points(report)) {
    points.push_back({{"arm", point.arm},
                      {"budget", point.budget},
                      {"runs", point.runs},
                      {"interval", point.interval},
                      {"mean", point.mean},
                      {"least", point.least},
                      {"most", point.most},
                      {"deviation", point.runs > 1 ? Json(point.deviation) : Json()}});
  }
  return {{"dataset", report.dataset},
          {"array", report.array},
          {"dense_clocks", report.dense_clocks},
          {"complete", report.runs.size() == report.planned},
          {"points", points},
          {"runs", runs},
          {"identity", to_json(report.identity)}};
}

}  // namespace colcomb::report
