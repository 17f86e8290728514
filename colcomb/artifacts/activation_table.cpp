#include "colcomb/artifacts/activation_table.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb {
namespace {

std::uint8_t byte_of(float value) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(double{value} + 0.5), 0.0, 255.0));
}

}  // namespace

TableBytes bytes_of(const ActivationTable& table, std::size_t row) {
  COLCOMB_CHECK(table.values.size() >= kTableEntries * (table.by_row() ? row + 1 : 1),
                "a table has an entry for each byte of the row");
  TableBytes bytes{};
  std::ranges::transform(table.of_row(row), bytes.begin(), byte_of);
  return bytes;
}

std::vector<std::uint8_t> all_bytes_of(const ActivationTable& table) {
  std::vector<std::uint8_t> bytes(table.values.size());
  std::ranges::transform(table.values, bytes.begin(), byte_of);
  return bytes;
}

double value_at(const ActivationTable& table, std::size_t row, double x) {
  constexpr auto kLast = static_cast<double>(kTableEntries - 1);
  const std::span<const float> values = table.of_row(row);
  const double inside = std::clamp(x, 0.0, kLast);
  const auto below = static_cast<std::size_t>(inside);
  const double first = values[below];
  const double second = values[std::min(below + 1, kTableEntries - 1)];
  return first + (second - first) * (inside - static_cast<double>(below));
}

}  // namespace colcomb
