#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace colcomb::cli {

/// Parses the command line with the commands that `add` adds, runs the command and prints what goes
/// wrong. `before`, which may be empty, is called with the first argument once it is known to be a
/// command. Gives the exit status: 0, 1 (failed) or 2 (usage). Two words are for tools and in no
/// help: `--description` prints all commands and flags as JSON; `--parse-only` before a command
/// parses its line and runs nothing.
[[nodiscard]] int run_command_line(int argc, char** argv,
                                   const std::function<void(CLI::App& app)>& add,
                                   const std::function<void(const std::string& command)>& before);

/// The words that run_command_line was given, those with blanks or quotes in them in quotes as a
/// shell reads them. Empty before.
[[nodiscard]] const std::string& given_command();

}  // namespace colcomb::cli
