#pragma once

#include <nlohmann/json.hpp>
#include <span>

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
/// Each run with its setting's name, without tiles.
[[nodiscard]] nlohmann::ordered_json to_json(std::span<const NamedSimulation> runs);
/// "simulation" is null where nothing was simulated.
[[nodiscard]] nlohmann::ordered_json to_json(const RunReport& report);

}  // namespace colcomb::report
