#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "colcomb/artifacts/frontier_report.hpp"

namespace colcomb::report {

/// The runs of one arm at one budget.
struct FrontierPoint {
  std::string arm;           // the way the clocks were spent
  std::uint64_t budget = 0;  // clocks
  std::size_t runs = 0;      // of it
  double interval = 0;       // mean clocks
  double mean = 0;           // of the integer accuracy, fraction 0 to 1
  double least = 0;          // of these runs
  double most = 0;           // of these runs
  double deviation = 0;      // standard deviation of a run, n - 1; 0 for a single one
};

/// In the order in which they first come up among the runs.
[[nodiscard]] std::vector<FrontierPoint> frontier_points(const FrontierReport& report);

/// A line per arm and budget for people.
[[nodiscard]] std::string frontier_table(const FrontierReport& report);
/// A header and a line per run; accuracies are fractions.
[[nodiscard]] std::string frontier_csv(const FrontierReport& report);
/// Runs, points and the experiment's identity.
[[nodiscard]] nlohmann::ordered_json to_json(const FrontierReport& report);
/// Accuracy against clocks: a line per arm through its points, each with the span of its runs.
[[nodiscard]] std::string frontier_svg(const FrontierReport& report);

}  // namespace colcomb::report
