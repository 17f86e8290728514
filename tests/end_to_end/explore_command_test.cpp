// Explorations as users run them: workers killed at any moment, several on one folder.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

namespace fs = std::filesystem;

class ExploreCommand : public testing::Test {
 protected:
  void SetUp() override {
    Random random(11);
    save_packed_network(random_quantized_network(random), folder_ / "net.packed");
    write_file_atomically(folder_ / "sweep.toml", std::string_view(R"(
schema = 1
network = "net.packed"
array = "16x16"
[vary]
"array.rows" = [4, 5, 8, 12, 16]
"array.columns" = [4, 6, 8, 9, 16]
"array.double_buffering" = [true, false]
"buffers.bank_ports" = [1, 2]
"dram.latency" = [8, 200]
)"));
  }

  [[nodiscard]] std::string explore(const std::string& out, const std::string& flags = "") const {
    return fmt::format("explore --spec '{}' --out '{}' {}", (folder_ / "sweep.toml").string(),
                       (folder_ / out).string(), flags);
  }
  [[nodiscard]] std::string merged(const std::string& out) const {
    const CommandResult result =
        colcomb(fmt::format("explore merge '{}'", (folder_ / out).string()));
    EXPECT_EQ(result.status, 0) << result.output;
    return read_text_file(folder_ / out / "points.csv");
  }

  TemporaryFolder folder_;
};

pid_t start(const std::string& arguments) {
  const std::string line = fmt::format("exec '{}' {} >/dev/null 2>&1", COLCOMB_COMMAND, arguments);
  std::array<const char*, 4> argv{"sh", "-c", line.c_str(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, "/bin/sh", nullptr, nullptr,
                          const_cast<char* const*>(argv.data()), environ),
            0);
  return child;
}

std::size_t lines_of(const fs::path& journal) {
  if (!fs::exists(journal)) return 0;
  const std::string text = read_text_file(journal);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_F(ExploreCommand, KilledAtRandomMomentsItLosesNothingThatWasKnown) {
  ASSERT_EQ(colcomb(explore("whole")).status, 0);
  const fs::path journal = folder_ / "cut" / "journal-1-of-1.jsonl";
  const std::size_t points = 200;
  ASSERT_EQ(lines_of(folder_ / "whole" / "journal-1-of-1.jsonl"), points);
  Random random(3);
  std::size_t before = 0;
  int in_the_middle = 0;
  for (int kill = 0; kill < 20 && before < points; ++kill) {
    const pid_t worker = start(explore("cut", "--threads 2"));
    // In the middle of its work: some points on, and a little later.
    const std::size_t wanted = before + 1 + random.below(8);
    int status = 0;
    while (lines_of(journal) < wanted && ::waitpid(worker, &status, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(500)));
    ::kill(worker, SIGKILL);
    ::waitpid(worker, &status, 0);
    const std::size_t now = lines_of(journal);
    EXPECT_GE(now, before) << "kill " << kill;
    before = now;
    in_the_middle += now > 0 && now < points ? 1 : 0;
  }
  EXPECT_GE(in_the_middle, 3);
  const CommandResult rest = colcomb(explore("cut"));
  EXPECT_EQ(rest.status, 0) << rest.output;
  EXPECT_NE(rest.output.find(fmt::format("{} computed now, {} before", points - before, before)),
            std::string::npos)
      << rest.output;
  EXPECT_EQ(lines_of(journal), points);  // each once
  EXPECT_EQ(merged("cut"), merged("whole"));
}

TEST_F(ExploreCommand, TwoWorkersMergedEqualOne) {
  ASSERT_EQ(colcomb(explore("whole")).status, 0);
  const pid_t first = start(explore("shared", "--threads 1 --shard 1/2"));
  const pid_t second = start(explore("shared", "--threads 1 --shard 2/2"));
  for (const pid_t worker : {first, second}) {
    int status = 0;
    ::waitpid(worker, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  EXPECT_EQ(merged("shared"), merged("whole"));
  const CommandResult front = colcomb(fmt::format(
      "explore front '{}' --minimize interval,array_cells", (folder_ / "shared").string()));
  EXPECT_EQ(front.status, 0) << front.output;
  EXPECT_NE(front.output.find("of 200 points are on the front"), std::string::npos) << front.output;
}

TEST_F(ExploreCommand, SaysWhatIsWrong) {
  const auto refused = [](const std::string& arguments, int status, const std::string& said) {
    const CommandResult result = colcomb(arguments);
    EXPECT_EQ(result.status, status) << arguments << '\n' << result.output;
    EXPECT_NE(result.output.find(said), std::string::npos) << arguments << '\n' << result.output;
  };
  refused("explore", 2, "--spec");
  refused("explore --spec /no/such/file", 1, "/no/such/file");
  refused(explore("out", "--shard 3/2"), 2, "--shard");
  refused("explore merge /no/such/folder", 1, "/no/such/folder");
  fs::remove(folder_ / "net.packed");
  refused(explore("out"), 1, "net.packed");
}

#ifdef COLCOMB_WITH_TORCH
TEST_F(ExploreCommand, TrainsEachNetworkOnceForAllArrays) {
  write_tiny_cifar(folder_ / "data", 20);
  write_file_atomically(folder_ / "train.toml", fmt::format(R"(
schema = 1
array = "16x16"
train.dataset = "cifar10"
train.dataset-root = "{}"
train.filters = [[8, 16]]
train.layers = [[1, 1]]
train.strides = [[2, 2]]
train.groups = [[8, 8]]
train.reshape_stride = 2
train.batch_size = 20
train.epochs = 1
train.threads = 1
[vary]
"train.seed" = [1, 2]
"array.rows" = [8, 16]
"train.epochs-typo" = [true]
)",
                                                            (folder_ / "data").string()));
  const std::string command =
      fmt::format("explore --spec '{}' --out '{}' --again", (folder_ / "train.toml").string(),
                  (folder_ / "trained").string());
  const CommandResult wrong = colcomb(command);
  EXPECT_NE(wrong.output.find("4 of those now failed"), std::string::npos) << wrong.output;
  EXPECT_NE(merged("trained").find("--epochs-typo"), std::string::npos);

  std::string text = read_text_file(folder_ / "train.toml");
  text.erase(text.find("\"train.epochs-typo\""));
  write_file_atomically(folder_ / "train.toml", std::string_view(text));
  fs::remove_all(folder_ / "trained");
  const CommandResult trained = colcomb(command);
  EXPECT_EQ(trained.status, 0) << trained.output;
  EXPECT_EQ(trained.output.find("failed"), std::string::npos)
      << trained.output << merged("trained");
  std::size_t runs = 0;
  for ([[maybe_unused]] const auto& run : fs::directory_iterator(folder_ / "trained" / "runs"))
    ++runs;
  EXPECT_EQ(runs, 2U);
  const std::string csv = merged("trained");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 5);
}
#endif

}  // namespace
}  // namespace colcomb::tests
