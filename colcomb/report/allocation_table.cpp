#include "colcomb/report/allocation_table.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Cells = std::vector<std::string>;

std::string clocks_of(const AllocationReport& report) {
  // With an array per layer there is no common interval.
  if (report.interval == 0) return "";
  return fmt::format(", interval {} clocks, latency {}", report.interval, report.latency);
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

}  // namespace

std::string allocation_summary(const AllocationReport& report) {
  std::string text =
      fmt::format("groups for array {}, {}: {} tiles{}, {} multiply-accumulates", report.array,
                  report.target, report.tiles, clocks_of(report), report.macs);
  if (report.limit && report.spent) {
    text += fmt::format("; {} of {} spent", *report.spent, *report.limit);
    if (report.retained && report.bound)
      text +=
          fmt::format(", {:.2f}% of the importance kept (no allocation keeps more than {:.2f}%)",
                      100 * *report.retained, 100 * *report.bound);
  }
  return text;
}

std::string allocation_table(const AllocationReport& report) {
  const bool budget = report.limit.has_value();
  std::vector<Cells> lines = {{"layer", "filters x columns", "fewest", "groups", "tiles"}};
  if (budget) {
    lines.front().push_back("cost");
    lines.front().push_back("kept");
  }
  lines.front().push_back("why");
  for (const LayerAllocation& layer : report.layers) {
    auto& cells = lines.emplace_back(Cells{
        layer.name, fmt::format("{} x {}", layer.rows, layer.columns), fmt::to_string(layer.least),
        fmt::to_string(layer.groups), fmt::to_string(layer.tiles)});
    if (budget) {
      cells.push_back(fmt::format("+{}", layer.cost));
      cells.push_back(fmt::format("{:.1f}%", 100 * layer.retained));
    }
    cells.push_back(layer.reason);
  }
  return format_table(lines, false, true) + allocation_summary(report) + '\n';
}

nlohmann::ordered_json to_json(const AllocationReport& report) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerAllocation& layer : report.layers) {
    nlohmann::ordered_json line = {{"name", layer.name},       {"rows", layer.rows},
                                   {"columns", layer.columns}, {"least", layer.least},
                                   {"groups", layer.groups},   {"tiles", layer.tiles}};
    if (report.limit) {
      line["cost"] = layer.cost;
      line["retained"] = layer.retained;
    }
    line["reason"] = layer.reason;
    layers.push_back(std::move(line));
  }
  const bool clocks = report.interval > 0;
  return {{"array", report.array},
          {"target", report.target},
          {"tiles", report.tiles},
          {"latency", clocks ? nlohmann::ordered_json(report.latency) : nlohmann::ordered_json()},
          {"interval", clocks ? nlohmann::ordered_json(report.interval) : nlohmann::ordered_json()},
          {"macs", report.macs},
          {"limit", or_null(report.limit)},
          {"least", or_null(report.least)},
          {"spent", or_null(report.spent)},
          {"retained", or_null(report.retained)},
          {"bound", or_null(report.bound)},
          {"layers", layers}};
}

}  // namespace colcomb::report
