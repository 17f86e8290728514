#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "colcomb/artifacts/allocation_report.hpp"

namespace colcomb::report {

/// One line per layer, each with its reason, and what the network costs, for people.
[[nodiscard]] std::string allocation_table(const AllocationReport& report);

/// One line: what was asked and what it costs.
[[nodiscard]] std::string allocation_summary(const AllocationReport& report);

/// Field names as in the struct; what was not computed is null.
[[nodiscard]] nlohmann::ordered_json to_json(const AllocationReport& report);

}  // namespace colcomb::report
