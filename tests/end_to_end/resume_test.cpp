// A training run killed at any moment and resumed ends with the weights of one that was not.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <thread>

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

std::uint64_t replicable_seed() {
  const char* given = std::getenv("COLCOMB_TEST_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                     : static_cast<std::uint64_t>(std::time(nullptr));
  std::cout << "replay with COLCOMB_TEST_SEED=" << seed << '\n';
  return seed;
}

int kills_wanted() {
  const char* given = std::getenv("COLCOMB_TEST_KILLS");
  return given != nullptr ? std::atoi(given) : 6;
}

constexpr std::uint32_t kEpochs = 40;

/// A run that spends much of its time on writing files: epochs of five batches.
std::string short_epochs(const std::filesystem::path& data,
                         const std::filesystem::path& save_path) {
  return tiny_training(data, save_path) + fmt::format(" --epochs {} --resume", kEpochs);
}

std::vector<EpochRecord> without_seconds(std::vector<EpochRecord> history) {
  for (EpochRecord& record : history) record.seconds = 0;
  return history;
}

void expect_equal(const Checkpoint& resumed, const Checkpoint& expected, const std::string& when) {
  EXPECT_TRUE(resumed.network == expected.network) << when;
  EXPECT_TRUE(resumed.training.optimizer == expected.training.optimizer) << when;
  EXPECT_EQ(without_seconds(resumed.training.history), without_seconds(expected.training.history))
      << when;
}

using Seconds = std::chrono::duration<double>;

double seconds_of(const std::string& training) {
  const auto begin = std::chrono::steady_clock::now();
  const CommandResult result = colcomb(training);
  EXPECT_EQ(result.status, 0) << result.output;
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

std::uint32_t epochs_saved(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? load_checkpoint(path).training.epochs_done : 0;
}

/// Starts training, waits until it has saved its checkpoint so many times and for `delay` more, and
/// kills it. False if it ended before.
bool killed(const std::string& training, const std::filesystem::path& checkpoint,
            std::uint32_t saves, Seconds delay) {
  const std::string line = fmt::format("exec '{}' {} >/dev/null 2>&1", COLCOMB_COMMAND, training);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  const auto time_of = [&] {
    std::error_code missing;
    return std::filesystem::last_write_time(checkpoint, missing);
  };
  int status = 0;
  bool ended = false;
  for (auto seen = time_of(); saves > 0 && !ended;) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    ended = ::waitpid(child, &status, WNOHANG) == child;
    if (const auto now = time_of(); now != seen) {
      seen = now;
      --saves;
    }
  }
  if (!ended) {
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
  }
  const bool signalled = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  EXPECT_TRUE(signalled || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << line;
  return signalled;
}

// Several runs, each killed up to four times before it may end; COLCOMB_TEST_KILLS kills in all. A
// moment is a number of epochs and a part of one, or a part of the time that starting takes.
TEST(Resume, KilledAtRandomMomentsEqualsUninterrupted) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 20);
  const std::string whole = short_epochs(folder / "data", folder / "whole.ckpt");
  const double seconds = seconds_of(whole);
  const double startup = std::min(seconds, seconds_of(whole));  // resumed, it has nothing to do
  const double per_epoch = (seconds - startup) / kEpochs;
  const Checkpoint expected = load_checkpoint(folder / "whole.ckpt");

  Random random(replicable_seed());
  const int wanted = kills_wanted();
  int kills = 0;
  for (int run = 0; kills < wanted; ++run) {
    ASSERT_LT(run, 2 * wanted) << "runs end before their moments come";
    const auto path = folder / fmt::format("cut{}.ckpt", run);
    const std::string train = short_epochs(folder / "data", path);
    const int cuts = std::min<int>(wanted - kills, 1 + static_cast<int>(random.below(4)));
    std::string when = fmt::format("run {}:", run);
    for (int cut = 0; cut < cuts && epochs_saved(path) < kEpochs; ++cut) {
      const auto left = kEpochs - epochs_saved(path);
      const auto saves = static_cast<std::uint32_t>(random.below((left + 1) / 2));
      const double delay = random.uniform() * (saves > 0 ? per_epoch : startup);
      const bool hit = killed(train, path, saves, Seconds(delay));
      kills += hit ? 1 : 0;
      when += fmt::format(" {} {} epochs and {:.1f} ms after its start, {} saved;",
                          hit ? "killed" : "ended before", saves, 1000 * delay, epochs_saved(path));
    }
    std::cout << when << '\n';
    seconds_of(train);
    expect_equal(load_checkpoint(path), expected, when);
  }
}

TEST(Recipe, SetsFlagsThatAreNotGiven) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 40);
  const std::string train = tiny_training(folder / "data", folder / "net.ckpt");
  ASSERT_EQ(colcomb(train + " --recipe best").status, 0);
  const RunIdentity run = load_checkpoint(folder / "net.ckpt").training.identity;
  ASSERT_TRUE(run.find("batch_size") && run.find("data.crop_padding"));
  EXPECT_EQ(*run.find("batch_size"), "20");  // as given
  EXPECT_EQ(*run.find("data.crop_padding"), "0");
  const CommandResult other = colcomb(train + " --resume");
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.output.find("--crop-padding"), std::string::npos) << other.output;
  EXPECT_EQ(colcomb(train + " --resume --crop-padding 0").status, 0);
}

}  // namespace
}  // namespace colcomb::tests
