#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace colcomb::cost {

/// What the unit of an entry measures.
enum class Dimension {
  kEnergy,
  kEnergyPerClock,
  kEnergyPerBit,
  kEnergyPerBitLength,
  kArea,
  kPower,
  kTime,
  kFrequency,
  kBytes,
  kFlipFlops,
  kLuts,
  kBlocks,
};

/// What entries.def says of a path; nothing where it has no such entry.
[[nodiscard]] std::optional<Dimension> dimension_of(std::string_view path);

/// Whether some entry begins with these words: a table that a file may have.
[[nodiscard]] bool begins_entry(std::string_view path);

/// Factor from a unit to the one that figures of the dimension are in (units.def); nothing where
/// it is no unit of the dimension.
[[nodiscard]] std::optional<double> unit_factor(std::string_view unit, Dimension dimension);

/// The dimension's units, as an error lists them.
[[nodiscard]] std::string units_of(Dimension dimension);

}  // namespace colcomb::cost
