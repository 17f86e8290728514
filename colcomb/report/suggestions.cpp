#include "colcomb/report/suggestions.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

std::string difference(std::uint64_t now, std::uint64_t then) {
  return then >= now ? fmt::format("+{}", then - now) : fmt::format("-{}", now - then);
}

nlohmann::ordered_json to_json(const ArrayCost& cost) {
  return {{"tiles", cost.tiles},
          {"interval", cost.interval},
          {"frames_per_second", cost.frames_per_second}};
}

}  // namespace

std::string suggestion_table(const SuggestionReport& report) {
  std::vector<std::vector<std::string>> lines = {
      {"change", "tiles", "clocks/batch", "frames/s", "more tiles", "more clocks"}};
  const auto add = [&lines](const std::string& name, const ArrayCost& cost, const ArrayCost& base) {
    lines.push_back({name, fmt::to_string(cost.tiles), fmt::to_string(cost.interval),
                     fmt::format("{:.1f}", cost.frames_per_second),
                     difference(base.tiles, cost.tiles), difference(base.interval, cost.interval)});
  };
  add("as it is", report.now, report.now);
  for (const Suggestion& s : report.suggestions) {
    if (s.kind == "groups") add(s.change, s.cost, report.now);
  }
  add("every layer with the most groups that are free", report.fitted, report.now);
  bool other = false;
  for (const Suggestion& s : report.suggestions) {
    if (s.kind == "groups") continue;
    other = true;
    add(s.change, s.cost, report.fitted);
  }
  std::string text = fmt::format("array {}\n", report.array) + format_table(lines, false);
  if (other)
    text += "widths, alphas and arrays: with the most free groups, and compared to that line\n";
  return text;
}

nlohmann::ordered_json to_json(const SuggestionReport& report) {
  nlohmann::ordered_json suggestions = nlohmann::ordered_json::array();
  for (const Suggestion& s : report.suggestions)
    suggestions.push_back({{"kind", s.kind}, {"change", s.change}, {"cost", to_json(s.cost)}});
  return {{"array", report.array},
          {"now", to_json(report.now)},
          {"fitted", to_json(report.fitted)},
          {"suggestions", suggestions}};
}

}  // namespace colcomb::report
