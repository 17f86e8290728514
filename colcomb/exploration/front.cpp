#include "colcomb/exploration/front.hpp"

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::exploration {
namespace {

/// A point's results, turned so that less is better.
struct Costs {
  std::size_t row = 0;
  std::vector<double> values;
};

bool dominates(const Costs& a, const Costs& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (a.values[i] > b.values[i]) return false;
    better = better || a.values[i] < b.values[i];
  }
  return better;
}

}  // namespace

void check(const std::vector<Objective>& objectives) {
  std::vector<std::string> names;
  for (const ResultColumn& column : result_columns()) names.emplace_back(column.name);
  for (const Objective& objective : objectives) {
    if (std::ranges::find(names, objective.result) == names.end())
      throw option_error("objectives", objective.result, must_be_one_of(objective.result, names));
  }
  if (objectives.empty()) throw option_error("objectives", "", "must be at least one");
}

std::vector<std::size_t> front_of(const Table& table, const std::vector<Objective>& objectives) {
  check(objectives);
  std::vector<Costs> points;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Costs costs{r, {}};
    for (const Objective& objective : objectives) {
      if (const auto value = table.rows[r].result(objective.result))
        costs.values.push_back(objective.maximize ? -*value : *value);
    }
    if (costs.values.size() == objectives.size()) points.push_back(std::move(costs));
  }
  // In ascending order none is dominated by one behind it, so each is compared with the front
  // alone.
  std::ranges::stable_sort(points, {}, &Costs::values);
  std::vector<Costs> front;
  for (const Costs& point : points) {
    if (std::ranges::none_of(front, [&](const Costs& kept) { return dominates(kept, point); }))
      front.push_back(point);
  }
  std::vector<std::size_t> rows;
  for (const Costs& point : front) rows.push_back(point.row);
  std::ranges::sort(rows);
  return rows;
}

}  // namespace colcomb::exploration
