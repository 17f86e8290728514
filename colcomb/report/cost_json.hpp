#pragma once

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::report {

/// Every figure with its entries, sources and assumptions; "value" is null where it is absent, with
/// the reason. Units stand in the keys' names.
[[nodiscard]] nlohmann::ordered_json to_json(const CostReport& report);
[[nodiscard]] nlohmann::ordered_json to_json(const CostComparison& comparison);

}  // namespace colcomb::report
