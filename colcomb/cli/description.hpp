#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace colcomb::cli {

/// A command line as JSON, for its manual and completions: "name", "text", "positionals", "options"
/// and "commands" (each the same). An option has "names" (as "--out"), "text", "required",
/// "repeated" (takes several values), "type" (empty: takes none), "choices", "rule" and "default".
[[nodiscard]] nlohmann::ordered_json description_of(const CLI::App& app);

}  // namespace colcomb::cli
