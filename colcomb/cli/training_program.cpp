#include "colcomb/cli/training_program.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::cli {
namespace {

struct TrainingCommand {
  const char* name;
  const char* summary;
};

constexpr auto kTrainingCommands = std::to_array<TrainingCommand>({
#define COLCOMB_TRAINING_COMMAND(name, summary) {#name, summary},
#include "colcomb/cli/training_commands.def"
#undef COLCOMB_TRAINING_COMMAND
});

const TrainingCommand* find_training(std::string_view command) {
  const auto* const found = std::ranges::find_if(
      kTrainingCommands, [command](const TrainingCommand& one) { return one.name == command; });
  return found == kTrainingCommands.end() ? nullptr : found;
}

/// In a build folder beside this program, installed where programs lie that no user calls.
std::filesystem::path path_of_program() {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::filesystem::path beside = folder / "colcomb-training";
  if (std::filesystem::exists(beside)) return beside;
  return (folder / COLCOMB_LIBEXEC / "colcomb-training").lexically_normal();
}

}  // namespace

#ifdef COLCOMB_WITH_TORCH

bool TrainingProgram::has(std::string_view command) {
  return find_training(command) != nullptr;
}

void TrainingProgram::list(CLI::App& app) {
  for (const auto& [name, summary] : kTrainingCommands) app.add_subcommand(name, summary);
}

#else

bool TrainingProgram::has(std::string_view) {
  return false;
}

void TrainingProgram::list(CLI::App&) {}

#endif

void TrainingProgram::take_over() const {
  const std::filesystem::path program = path_of_program();
  ::execv(program.c_str(), arguments_);
  const std::string reason = std::strerror(errno);
  throw failure(program.string(), "what needs LibTorch cannot be started: " + reason);
}

const char* summary_of_training(std::string_view command) {
  const TrainingCommand* const found = find_training(command);
  COLCOMB_CHECK(found != nullptr, "no training command of this name");
  return found->summary;
}

}  // namespace colcomb::cli
