#include "colcomb/cli/run_training.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

/// Exit status of this program run with other arguments, its output in a file.
int run_this_program(const std::vector<std::string>& arguments, const fs::path& log) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw failure(arguments[1], std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// What a run that failed said last, but for where help is.
std::string reason_in(const std::string& text) {
  std::istringstream lines(text);
  std::string reason = "it said nothing";
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !line.starts_with("Run with --help")) reason = line;
  }
  return reason;
}

/// Errors: UserError with the last line of what it said.
void run_logged(const std::vector<std::string>& arguments, const fs::path& log) {
  require_writable(log, "--out");
  const int status = run_this_program(arguments, log);
  if (status != 0) throw failure(log.string(), reason_in(read_text_file(log)));
}

}  // namespace

void run_training(const exploration::Settings& settings, const fs::path& folder,
                  const std::vector<std::string>& more) {
  if (fs::exists(folder / "report.json")) return;
  std::vector<std::string> arguments = exploration::training_arguments(settings, folder);
  arguments.insert(arguments.begin(), "colcomb");
  arguments.insert(arguments.end(), more.begin(), more.end());
  run_logged(arguments, folder / "log.txt");
}

void run_experiment(const std::string& name, const std::vector<std::string>& arguments,
                    const fs::path& folder) {
  std::vector<std::string> words{"colcomb", "experiment", name, "--out", folder.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  run_logged(words, folder.parent_path() / (name + ".log"));
}

}  // namespace colcomb::cli
