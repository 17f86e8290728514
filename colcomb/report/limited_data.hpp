#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "colcomb/artifacts/limited_data_report.hpp"

namespace colcomb::report {

/// A line per run for people. Shares are percentages; a validation accuracy that does not exist is
/// a dash.
[[nodiscard]] std::string limited_data_table(const LimitedDataReport& report);

/// A header and a line per run for machines. `percent` is a percentage, accuracies and utilization
/// are fractions; a validation accuracy that does not exist is empty.
[[nodiscard]] std::string limited_data_csv(const LimitedDataReport& report);

/// The same with the experiment's identity; a validation accuracy that does not exist is null.
[[nodiscard]] nlohmann::ordered_json to_json(const LimitedDataReport& report);

}  // namespace colcomb::report
