#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace colcomb::cli {

/// --array: the systolic array, a description file or ROWSxCOLUMNS as its short form
/// (artifacts/array_config.hpp, describe_array).
void add_array_flag(CLI::App& command, std::string& array);

}  // namespace colcomb::cli
