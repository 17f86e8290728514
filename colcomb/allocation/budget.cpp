#include "colcomb/allocation/budget.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>

#include "colcomb/base/error.hpp"

namespace colcomb::allocation {
namespace {

constexpr double kPicojoules = 1e6;  // of a microjoule

struct Entry {
  const char* name;
  const char* unit;
  const char* relation;
  const char* summary;
};

constexpr std::array kEntries = {
#define COLCOMB_BUDGET(enumerator, name, unit, relation, summary) \
  Entry{name, unit, relation, summary},
#include "colcomb/allocation/budgets.def"
};

const Entry& entry_of(Quantity quantity) {
  return kEntries.at(static_cast<std::size_t>(quantity));
}

double positive_number(const std::string& digits, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool read = error == std::errc() && end == digits.data() + digits.size();
  if (!read || !std::isfinite(value) || value <= 0 || value > 9e18)
    throw option_error("budget", text, "the limit must be a positive number");
  return value;
}

Budget budget_of(Quantity quantity, std::string limit, const std::string& technology,
                 const std::string& text) {
  if (quantity != Quantity::kEnergy) return {quantity, positive_number(limit, text), {}};
  Budget budget{quantity, 0, technology};
  if (const std::size_t at = limit.find('@'); at != std::string::npos) {
    budget.technology = limit.substr(at + 1);
    limit.resize(at);
    if (budget.technology.empty())
      throw option_error("budget", text, "a technology must follow the @");
  }
  if (limit.ends_with("uJ")) limit.resize(limit.size() - 2);
  budget.limit = positive_number(limit, text);
  return budget;
}

}  // namespace

Budget parse_budget(const std::string& text, const std::string& technology) {
  const std::size_t equals = text.find('=');
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (equals != std::string::npos && text.substr(0, equals) == kEntries.at(i).name)
      return budget_of(static_cast<Quantity>(i), text.substr(equals + 1), technology, text);
    names.emplace_back(kEntries.at(i).name);
  }
  throw option_error("budget", text,
                     fmt::format("must be QUANTITY=LIMIT with one of {}", fmt::join(names, ", ")));
}

std::string to_string(const Budget& budget) {
  const std::string text = fmt::format("{}={}", entry_of(budget.quantity).name, budget.limit);
  return budget.quantity == Quantity::kEnergy ? text + "uJ@" + budget.technology : text;
}

std::string describe(const Budget& budget) {
  const Entry& entry = entry_of(budget.quantity);
  const std::string text =
      fmt::format("{} {} {} {}", entry.name, entry.relation, budget.limit, entry.unit);
  return budget.quantity == Quantity::kEnergy ? text + ", counted in pJ, in " + budget.technology
                                              : text;
}

std::string with_unit(Quantity quantity, double amount) {
  return fmt::format("{} {}", amount, entry_of(quantity).unit);
}

std::vector<std::string> describe_quantities() {
  std::vector<std::string> lines;
  for (const Entry& entry : kEntries)
    lines.push_back(
        fmt::format("{} ({}, {}): {}", entry.name, entry.unit, entry.relation, entry.summary));
  return lines;
}

double in_unit(Quantity quantity, std::uint64_t amount, const ArrayConfig& array) {
  if (quantity == Quantity::kEnergy) return static_cast<double>(amount) / kPicojoules;
  if (quantity != Quantity::kFrames) return static_cast<double>(amount);
  return array.clock_mhz * 1e6 * static_cast<double>(array.batch) / static_cast<double>(amount);
}

Limit limit_of(const Budget& budget, const ArrayConfig& array) {
  if (budget.quantity == Quantity::kEnergy)
    return {budget.quantity, static_cast<std::uint64_t>(std::floor(budget.limit * kPicojoules))};
  if (budget.quantity != Quantity::kFrames)
    return {budget.quantity, static_cast<std::uint64_t>(std::floor(budget.limit))};
  const double interval = array.clock_mhz * 1e6 * static_cast<double>(array.batch) / budget.limit;
  return {Quantity::kInterval, static_cast<std::uint64_t>(std::floor(interval))};
}

}  // namespace colcomb::allocation
