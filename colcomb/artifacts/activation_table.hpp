#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace colcomb {

/// Entries of an activation table: one for each byte.
inline constexpr std::size_t kTableEntries = 256;

using TableBytes = std::array<std::uint8_t, kTableEntries>;

/// An activation function other than ReLU6, as its values at the 256 pre-activations that a byte
/// can hold. A layer with a table gives table[p] where others give p = clamp(acc >> f, 0, 255)
/// (docs/developer/activation-tables.md). The values are all that is known of the function, so that
/// every machine rounds them to the same bytes; between them training goes on straight lines.
struct ActivationTable {
  std::string name;  // of the function, e.g. "HardSwish"; printable UTF-8
  /// Outputs in units of 6 / 256, not yet rounded: kTableEntries of all rows, or of a function with
  /// parameters by channel kTableEntries for each row, row after row.
  std::vector<float> values;

  /// Whether each row (output channel) has values of its own.
  [[nodiscard]] bool by_row() const { return values.size() > kTableEntries; }
  /// The kTableEntries values of a row. Requires: by_row() has this row.
  [[nodiscard]] std::span<const float> of_row(std::size_t row) const {
    return std::span(values).subspan(by_row() ? row * kTableEntries : 0, kTableEntries);
  }
  bool operator==(const ActivationTable&) const = default;
};

/// A row's table in integers: clamp(floor(values[p] + 1/2), 0, 255), which is exact.
/// Requires: finite values, kTableEntries of them for the row.
[[nodiscard]] TableBytes bytes_of(const ActivationTable& table, std::size_t row = 0);

/// The same of all values: kTableEntries bytes, or with by_row() so many for each row.
[[nodiscard]] std::vector<std::uint8_t> all_bytes_of(const ActivationTable& table);

/// A row's function at `x`, in units of 6 / 256 as what it gives: on straight lines between the
/// values; below 0 the first, from 255 on the last.
[[nodiscard]] double value_at(const ActivationTable& table, std::size_t row, double x);

}  // namespace colcomb
