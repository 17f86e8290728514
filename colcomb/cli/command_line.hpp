#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace colcomb::cli {

/// Parses the command line with the commands that `add` adds, runs the command and prints what goes
/// wrong. `before`, which may be empty, is called with the first argument once it is known to be a
/// command. Gives the exit status: 0, 1 (failed) or 2 (usage).
[[nodiscard]] int run_command_line(int argc, char** argv,
                                   const std::function<void(CLI::App& app)>& add,
                                   const std::function<void(const std::string& command)>& before);

}  // namespace colcomb::cli
