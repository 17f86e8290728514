#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace colcomb::cli {

/// --budget QUANTITY=LIMIT (allocation/budget.hpp).
void add_budget_flag(CLI::App& command, std::optional<std::string>& budget);

}  // namespace colcomb::cli
