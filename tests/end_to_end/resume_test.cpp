// A training run killed at any moment and resumed ends with the weights of one that was not.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

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

/// A run that spends much of its time on writing files: epochs of five batches.
std::string short_epochs(const std::filesystem::path& data,
                         const std::filesystem::path& save_path) {
  return tiny_training(data, save_path) + " --epochs 20 --resume";
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

// Several runs, each killed up to four times before it may end. COLCOMB_TEST_KILLS kills in all.
TEST(Resume, KilledAtRandomMomentsEqualsUninterrupted) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 20);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(colcomb(short_epochs(folder / "data", folder / "whole.ckpt")).status, 0);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Checkpoint expected = load_checkpoint(folder / "whole.ckpt");

  Random random(replicable_seed());
  const int wanted = kills_wanted();
  int killed = 0;
  for (int run = 0; killed < wanted; ++run) {
    ASSERT_LT(run, 2 * wanted) << "runs end before their moments come";
    const auto path = folder / fmt::format("cut{}.ckpt", run);
    const std::string train = short_epochs(folder / "data", path);
    std::string when = fmt::format("run {} killed after", run);
    const int cuts = std::min<int>(wanted - killed, 1 + static_cast<int>(random.below(4)));
    bool ended = false;
    for (int cut = 0; cut < cuts && !ended; ++cut) {
      const double moment = seconds * (0.1 + 0.8 * random.uniform());
      const CommandResult result = run_command(
          fmt::format("timeout -s KILL {:.3f} '{}' {}", moment, COLCOMB_COMMAND, train));
      ended = result.status == 0;
      if (ended) break;
      ASSERT_EQ(result.status, 137) << result.output;
      ++killed;
      when += fmt::format(
          " {:.3f} s ({} epochs saved)", moment,
          std::filesystem::exists(path) ? load_checkpoint(path).training.epochs_done : 0);
    }
    std::cout << when << (ended ? ", then ended before its moment\n" : "\n");
    if (!ended) {
      const CommandResult rest = colcomb(train);
      ASSERT_EQ(rest.status, 0) << rest.output;
    }
    expect_equal(load_checkpoint(path), expected, when);
  }
}

}  // namespace
}  // namespace colcomb::tests
