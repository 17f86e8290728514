#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
  std::string name;           // of the function, e.g. "HardSwish"; printable UTF-8
  std::vector<float> values;  // kTableEntries: outputs in units of 6 / 256, not yet rounded

  bool operator==(const ActivationTable&) const = default;
};

/// The table in integers: clamp(floor(values[p] + 1/2), 0, 255), which is exact.
/// Requires: kTableEntries finite values.
[[nodiscard]] TableBytes bytes_of(const ActivationTable& table);

/// The function at `x`, in units of 6 / 256 as what it gives: on straight lines between the values;
/// below 0 the first, from 255 on the last.
[[nodiscard]] double value_at(const ActivationTable& table, double x);

}  // namespace colcomb
