#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace colcomb::cli {

/// --technology: one of the program's technology files by name, or a file.
CLI::Option* add_technology_flag(CLI::App& command, std::string& technology);

}  // namespace colcomb::cli
