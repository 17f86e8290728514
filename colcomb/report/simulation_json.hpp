#pragma once

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::report {

/// Every number, names as in the structs; clocks, bytes, seconds.
[[nodiscard]] nlohmann::ordered_json to_json(const ArrayConfig& config);
[[nodiscard]] nlohmann::ordered_json to_json(const SimulationResult& result, bool with_tiles);

}  // namespace colcomb::report
