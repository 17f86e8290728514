// A main program for a fuzz target: replays files, or mutates its seeds for some time. Iteration i
// of a seed depends on nothing else, so that a failure can be replayed alone.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/base/random.hpp"
#include "fuzz/entry.hpp"
#include "fuzz/mutation.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

using colcomb::Bytes;

// What the handlers below need when the target dies under them.
const Bytes* running = nullptr;
char crash_file[64] = "crash";
char crash_text[160] = "";

/// Keeps the input that killed the target. Calls nothing that a signal handler may not.
void keep_input() {
  if (running == nullptr) return;
  const int file = ::open(crash_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  const bool whole =
      ::write(file, running->data(), running->size()) == static_cast<ssize_t>(running->size());
  ::close(file);
  if (whole && ::write(STDERR_FILENO, crash_text, std::char_traits<char>::length(crash_text)) < 0)
    return;
  running = nullptr;
}

void on_signal(int number) {
  keep_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void install_handlers() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(keep_input);
  std::signal(SIGABRT, on_signal);
#else
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(number, on_signal);
#endif
}

void run(const Bytes& content, const std::string& file, const std::string& replay) {
  fmt::format_to_n(crash_file, sizeof crash_file - 1, "{}{}", file, '\0');
  fmt::format_to_n(crash_text, sizeof crash_text - 1, "\ninput kept in {}; replay: {}\n{}", file,
                   replay, '\0');
  running = &content;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  running = nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs a fuzz target on files, or on mutations of small valid ones");
  std::vector<std::filesystem::path> files;
  double seconds = 0;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> only;
  app.add_option("files", files, "Files to replay; with --seconds, more to mutate");
  app.add_option("--seconds", seconds, "Mutate for so long")->check(CLI::NonNegativeNumber);
  app.add_option("--seed", seed, "Of the mutations")->capture_default_str();
  app.add_option("--only", only, "Run this one iteration of the seed");
  CLI11_PARSE(app, argc, argv);
  install_handlers();
  const std::string name = std::filesystem::path(argv[0]).filename().string();
  std::vector<Bytes> seeds = fuzz_target().seeds();
  for (const auto& path : files) seeds.push_back(colcomb::read_file(path));
  for (const Bytes& content : seeds) run(content, "crash-" + name, "the file itself");

  const auto iterate = [&](std::uint64_t i) {
    colcomb::Random random = colcomb::Random::stream(seed, 0, i);
    const Bytes content = colcomb::fuzzing::mutate(seeds, fuzz_target().form, random);
    run(content, fmt::format("crash-{}-{}-{}", name, seed, i),
        fmt::format("{} --seed {} --only {}", name, seed, i));
  };
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::uint64_t iterations = 0;
  if (only) {
    iterate(*only);
    iterations = 1;
  } else {
    for (; elapsed() < seconds; ++iterations) iterate(iterations);
  }
  fmt::print("{}: {} files and {} mutations of seed {}, no failure\n", name, seeds.size(),
             iterations, seed);
  return 0;
}
