#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace colcomb::tests {

struct CommandResult {
  int status = -1;     // exit status; 128 + signal if a signal ended it
  std::string output;  // stdout and stderr together
};

/// Runs a shell command line to its end.
inline CommandResult run_command(const std::string& line) {
  CommandResult result;
  std::FILE* pipe = ::popen(("exec 2>&1; " + line).c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> chunk;
  for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
    result.output.append(chunk.data(), n);
  }
  const int ended = ::pclose(pipe);
  result.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
  return result;
}

}  // namespace colcomb::tests
