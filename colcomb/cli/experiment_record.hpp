#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace colcomb::cli {

/// Every option of a parsed command but for those named in `without`, as one JSON object: the
/// option's name and its values, given or default; null for an option that has neither. Numbers
/// are numbers, so 0.10 and 0.1 are the same.
[[nodiscard]] std::string recorded_options(const CLI::App& command,
                                           const std::vector<std::string>& without);

/// Compares an experiment's options with those that `file` recorded when it was begun.
/// Errors: UserError naming the first option that differs, with both values, or a file that holds
/// no such record.
void require_recorded_options(const std::string& options, const std::filesystem::path& file);

}  // namespace colcomb::cli
