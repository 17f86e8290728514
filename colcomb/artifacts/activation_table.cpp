#include "colcomb/artifacts/activation_table.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb {

TableBytes bytes_of(const ActivationTable& table) {
  COLCOMB_CHECK(table.values.size() == kTableEntries, "a table has an entry for each byte");
  TableBytes bytes{};
  std::ranges::transform(table.values, bytes.begin(), [](float value) {
    return static_cast<std::uint8_t>(std::clamp(std::floor(double{value} + 0.5), 0.0, 255.0));
  });
  return bytes;
}

double value_at(const ActivationTable& table, double x) {
  constexpr auto kLast = static_cast<double>(kTableEntries - 1);
  const double inside = std::clamp(x, 0.0, kLast);
  const auto below = static_cast<std::size_t>(inside);
  const double first = table.values[below];
  const double second = table.values[std::min(below + 1, kTableEntries - 1)];
  return first + (second - first) * (inside - static_cast<double>(below));
}

}  // namespace colcomb
