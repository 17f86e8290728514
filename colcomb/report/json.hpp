#pragma once

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/layer_report.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/artifacts/run_report.hpp"

namespace colcomb::report {

/// An object of the fields, in their order.
[[nodiscard]] nlohmann::ordered_json to_json(const RunIdentity& identity);

/// The structs as JSON for machines: field names as in the structs, shares as fractions.
[[nodiscard]] nlohmann::ordered_json to_json(const LayerReport& layer);
[[nodiscard]] nlohmann::ordered_json to_json(const CombiningReport& report);
[[nodiscard]] nlohmann::ordered_json to_json(const Accuracy& accuracy);
[[nodiscard]] nlohmann::ordered_json to_json(const RunReport& report);

}  // namespace colcomb::report
