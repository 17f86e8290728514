#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace colcomb::cli {

[[nodiscard]] std::string version_number();

/// The version, and on lines of their own the optional parts that this build has and has not.
[[nodiscard]] std::string version_text();

/// The same: "version", "parts", "left_out", and the "compiler".
[[nodiscard]] nlohmann::ordered_json version_json();

}  // namespace colcomb::cli
