#pragma once

#include <string>

#include "colcomb/artifacts/layer_report.hpp"

namespace colcomb::report {

/// Table for people: one line per layer and one for the network.
[[nodiscard]] std::string combining_table(const CombiningReport& report);

/// The same as CSV, with a header line; shares are fractions.
[[nodiscard]] std::string combining_csv(const CombiningReport& report);

}  // namespace colcomb::report
