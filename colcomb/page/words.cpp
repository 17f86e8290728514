#include "colcomb/page/words.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace colcomb::page {

std::string number_text(double value) {
  if (value != std::floor(value) || std::fabs(value) >= 1e15) return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{:.0f}", std::fabs(value));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return value < 0 ? "-" + digits : digits;
}

std::string energy_text(double low, double high) {
  struct Unit {
    double size;
    const char* name;
  };
  constexpr std::array<Unit, 5> kUnits = {
      {{1e12, "J"}, {1e9, "mJ"}, {1e6, "µJ"}, {1e3, "nJ"}, {1, "pJ"}}};
  const Unit* unit = &kUnits.back();
  for (const Unit& each : kUnits) {
    if (high < each.size) continue;
    unit = &each;
    break;
  }
  const std::string from = fmt::format("{:.3g}", low / unit->size);
  const std::string to = fmt::format("{:.3g}", high / unit->size);
  return from == to ? to + " " + unit->name : from + " to " + to + " " + unit->name;
}

}  // namespace colcomb::page
