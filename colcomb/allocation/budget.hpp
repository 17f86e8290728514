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

struct Budget {
  Quantity quantity = Quantity::kInterval;
  double limit = 0;  // in the quantity's unit; frames: at least so many, all others at most

  bool operator==(const Budget&) const = default;
};

/// "interval=20000", "frames=5000", ... Errors: UserError (option_error naming `budget`) that lists
/// the quantities, or if the number is not positive and finite.
[[nodiscard]] Budget parse_budget(const std::string& text);
/// As parse_budget reads it.
[[nodiscard]] std::string to_string(const Budget& budget);
/// For people: "interval at most 20000 clocks".
[[nodiscard]] std::string describe(const Budget& budget);
/// "20000 clocks".
[[nodiscard]] std::string with_unit(Quantity quantity, double amount);
/// One line per quantity: name, unit, meaning.
[[nodiscard]] std::vector<std::string> describe_quantities();

/// The same budget as a quantity that is to be at most a whole number: frames become an interval.
struct Limit {
  Quantity quantity = Quantity::kInterval;  // never kFrames
  std::uint64_t most = 0;

  bool operator==(const Limit&) const = default;
};
/// The other way round: what `amount` of a Limit's quantity is in the budget's own unit.
[[nodiscard]] double in_unit(Quantity quantity, std::uint64_t amount, const ArrayConfig& array);
[[nodiscard]] Limit limit_of(const Budget& budget, const ArrayConfig& array);

}  // namespace colcomb::allocation
