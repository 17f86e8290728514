#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::allocation {

/// What a budget limits; budgets.def lists name, unit and meaning.
enum class Quantity : std::uint8_t {
#define COLCOMB_BUDGET(enumerator, name, unit, relation, summary) enumerator,
#include "colcomb/allocation/budgets.def"
};

/// A limit that the groups of all layers together must keep.
struct Budget {
  Quantity quantity = Quantity::kInterval;  // what is limited
  double limit = 0;  // in the quantity's unit; frames: at least so many, all others at most
  /// Energy: cost::technology_names() or a file.
  std::string technology = {};

  bool operator==(const Budget&) const = default;
};

/// What energies are taken from where a budget does not say.
inline constexpr const char* kDefaultTechnology = "sg13g2";

/// "interval=20000", "frames=5000", "energy=60", "energy=60uJ@cmos45", ... `technology`: of an
/// energy where the text names none. Errors: UserError (option_error naming `budget`) that lists
/// the quantities, or if the number is not positive and finite.
[[nodiscard]] Budget parse_budget(const std::string& text,
                                  const std::string& technology = kDefaultTechnology);
/// As parse_budget reads it.
[[nodiscard]] std::string to_string(const Budget& budget);
/// For people: "interval at most 20000 clocks".
[[nodiscard]] std::string describe(const Budget& budget);
/// "20000 clocks".
[[nodiscard]] std::string with_unit(Quantity quantity, double amount);
/// One line per quantity: name, unit, meaning.
[[nodiscard]] std::vector<std::string> describe_quantities();

/// The same budget as a quantity that is to be at most a whole number: frames become an interval,
/// microjoules picojoules.
struct Limit {
  Quantity quantity = Quantity::kInterval;  // never kFrames
  std::uint64_t most = 0;  // the largest cost that keeps the limit, in the quantity's own integers

  bool operator==(const Limit&) const = default;
};
/// The other way round: what `amount` of a Limit's quantity is in the budget's own unit.
[[nodiscard]] double in_unit(Quantity quantity, std::uint64_t amount, const ArrayConfig& array);
[[nodiscard]] Limit limit_of(const Budget& budget, const ArrayConfig& array);

}  // namespace colcomb::allocation
