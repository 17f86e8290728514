#include "colcomb/netlist/power_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "colcomb/base/error.hpp"

namespace colcomb::netlist {
namespace {

/// The points around `at`, and how far it lies between them, 0 to 1.
struct Between {
  std::size_t low = 0;
  std::size_t high = 0;
  double part = 0;
};

Between find(const std::vector<double>& points, double at) {
  if (points.size() < 2 || at <= points.front()) return {};
  if (at >= points.back()) return {points.size() - 1, points.size() - 1, 0};
  const auto above = std::ranges::upper_bound(points, at);
  const auto high = static_cast<std::size_t>(above - points.begin());
  return {high - 1, high, (at - points[high - 1]) / (points[high] - points[high - 1])};
}

const LibertyGroup* template_of(const LibertyGroup& group, const LibertyGroup& library) {
  if (group.names.empty()) return nullptr;
  for (const LibertyGroup& each : library.groups) {
    if (each.kind == "power_lut_template" && !each.names.empty() && each.names == group.names)
      return &each;
  }
  return nullptr;
}

/// Whether an index of a table is a capacitance; else it is a transition time.
bool is_load(const LibertyGroup* table, const char* variable) {
  return table != nullptr && table->text(variable) == "total_output_net_capacitance";
}

}  // namespace

std::vector<double> numbers_of(const std::vector<std::string>& texts, const std::string& where) {
  std::vector<double> numbers;
  for (const std::string& text : texts) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
      if (*at == ' ' || *at == ',' || *at == '\t' || *at == '\n' || *at == '\\') {
        ++at;
        continue;
      }
      double number = 0;
      const auto [after, error] = std::from_chars(*at == '+' ? at + 1 : at, end, number);
      if (error != std::errc())
        throw file_error(where, "a table", text, "must be numbers with commas between them");
      numbers.push_back(number);
      at = after;
    }
  }
  return numbers;
}

PowerTable::PowerTable(const LibertyGroup& group, const LibertyGroup& library,
                       const std::string& where) {
  const LibertyGroup* const table = template_of(group, library);
  const auto index = [&](const char* name) {
    auto found = group.attributes.find(name);
    if (found != group.attributes.end()) return numbers_of(found->second, where);
    if (table == nullptr) return std::vector<double>();
    found = table->attributes.find(name);
    return found == table->attributes.end() ? std::vector<double>()
                                            : numbers_of(found->second, where);
  };
  std::vector<double> first = index("index_1");
  std::vector<double> second = index("index_2");
  const auto values = group.attributes.find("values");
  if (values != group.attributes.end()) values_ = numbers_of(values->second, where);
  const std::size_t expected =
      std::max<std::size_t>(1, first.size()) * std::max<std::size_t>(1, second.size());
  if (values_.size() == 1) {
    first.clear();
    second.clear();
  } else if (values_.size() != expected) {
    throw file_error(where, group.kind, fmt::format("{} values", values_.size()),
                     fmt::format("must have {}, a value for each pair of indices", expected));
  }
  const bool swapped = is_load(table, "variable_1");
  transitions_ = swapped ? std::move(second) : std::move(first);
  loads_ = swapped ? std::move(first) : std::move(second);
  if (!swapped || transitions_.empty() || loads_.empty()) return;
  // Loads came first: turn the table.
  std::vector<double> turned;
  for (std::size_t t = 0; t < transitions_.size(); ++t) {
    for (std::size_t l = 0; l < loads_.size(); ++l)
      turned.push_back(values_[l * transitions_.size() + t]);
  }
  values_ = std::move(turned);
}

void PowerTable::scale(double value, double load) {
  for (double& each : values_) each *= value;
  for (double& each : loads_) each *= load;
}

double PowerTable::at(double transition, double load) const {
  if (values_.empty()) return 0;
  const Between row = find(transitions_, transition);
  const Between column = find(loads_, load);
  const std::size_t width = std::max<std::size_t>(1, loads_.size());
  const auto along = [&](std::size_t r) {
    const double low = values_[r * width + column.low];
    return low + column.part * (values_[r * width + column.high] - low);
  };
  const double low = along(row.low);
  return low + row.part * (along(row.high) - low);
}

}  // namespace colcomb::netlist
