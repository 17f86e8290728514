#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "colcomb/artifacts/suggestion_report.hpp"

namespace colcomb::report {

/// One line per suggestion: what it changes, what the network would then cost, and by how much that
/// is more or less.
[[nodiscard]] std::string suggestion_table(const SuggestionReport& report);
/// Field names as in the structs.
[[nodiscard]] nlohmann::ordered_json to_json(const SuggestionReport& report);

}  // namespace colcomb::report
