#pragma once

#include <string>

namespace colcomb::page {

/// A number as people read it: "12,345", "0.812", three digits beyond a million.
[[nodiscard]] std::string number_text(double value);

/// Picojoules from `low` to `high` in the unit that suits the larger, e.g. "61.9 to 64.7 µJ".
[[nodiscard]] std::string energy_text(double low, double high);

}  // namespace colcomb::page
