#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string_view>

namespace colcomb::cli {

/// The program beside this one that holds all that needs LibTorch, whose libraries take most of a
/// second to load: other commands start without them.
class TrainingProgram {
 public:
  /// `arguments`: main's, which outlive the object.
  explicit TrainingProgram(char** arguments) : arguments_(arguments) {}

  /// Whether it has a command of this name, and this build the program.
  [[nodiscard]] static bool has(std::string_view command);
  /// Lists its commands in `app`'s help.
  static void list(CLI::App& app);
  /// Becomes that program, with this one's arguments. Errors: UserError where it is not installed.
  [[noreturn]] void take_over() const;

 private:
  char** arguments_;
};

/// What a training command does, in one line. Requires: a name of training_commands.def.
[[nodiscard]] const char* summary_of_training(std::string_view command);

}  // namespace colcomb::cli
