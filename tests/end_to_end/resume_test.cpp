// A training run killed at any moment and resumed ends with the weights of one that was not.
#include <gtest/gtest.h>

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

TEST(Resume, KilledAtARandomMomentEqualsUninterrupted) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 100);
  const std::string whole = tiny_training(folder / "data", folder / "whole.ckpt");
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(colcomb(whole).status, 0);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Checkpoint expected = load_checkpoint(folder / "whole.ckpt");

  Random random(replicable_seed());
  int killed = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const std::string name = fmt::format("cut{}.ckpt", attempt);
    const std::string train = tiny_training(folder / "data", folder / name) + " --resume";
    const double moment = seconds * (0.2 + 0.7 * random.uniform());
    const CommandResult cut =
        run_command(fmt::format("timeout -s KILL {:.3f} '{}' {}", moment, COLCOMB_COMMAND, train));
    killed += cut.status == 0 ? 0 : 1;
    const CommandResult rest = colcomb(train);
    ASSERT_EQ(rest.status, 0) << rest.output;
    const Checkpoint resumed = load_checkpoint(folder / name);
    EXPECT_TRUE(resumed.network == expected.network) << "killed after " << moment << " s";
    EXPECT_TRUE(resumed.training.optimizer == expected.training.optimizer);
  }
  EXPECT_GT(killed, 0) << "every run ended before its moment came";
}

}  // namespace
}  // namespace colcomb::tests
