// Several processes of the command train one network together.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <thread>

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

using testing::HasSubstr;

/// A port that nobody listens on.
int free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(handle, any, size), 0);
  EXPECT_EQ(::getsockname(handle, any, &size), 0);
  ::close(handle);
  return ntohs(address.sin_port);
}

std::string variables(std::size_t rank, std::size_t workers, int port) {
  return fmt::format("RANK={} WORLD_SIZE={} LOCAL_RANK={} MASTER_ADDR=127.0.0.1 MASTER_PORT={}",
                     rank, workers, rank, port);
}

/// Runs the command in `workers` processes; `before_rank_1` may be put before the second one's.
std::vector<CommandResult> together(std::size_t workers, const std::string& arguments,
                                    const std::string& before_rank_1 = "") {
  const int port = free_port();
  std::vector<CommandResult> results(workers);
  std::vector<std::thread> threads;
  for (std::size_t w = 0; w < workers; ++w) {
    threads.emplace_back([&, w] {
      results[w] =
          run_command(fmt::format("{} {} '{}' {}", variables(w, workers, port),
                                  w == 1 ? before_rank_1 : "", COLCOMB_COMMAND, arguments));
    });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

/// 490 training images; the last batch has one image, fewer than there are workers.
std::string training(const TemporaryFolder& folder, const std::string& name) {
  return tiny_training(folder / "data", folder / name) + " --batch-size 163";
}

void expect_done(const std::vector<CommandResult>& results) {
  for (const CommandResult& result : results) EXPECT_EQ(result.status, 0) << result.output;
  for (std::size_t w = 1; w < results.size(); ++w) EXPECT_EQ(results[w].output, "");
}

/// Largest difference between two networks' numbers, as a share of each tensor's largest number.
double relative_difference(const FloatNetwork& a, const FloatNetwork& b) {
  double worst = 0;
  const auto compare = [&](const auto& x, const auto& y) {
    double largest = 1e-3, difference = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      largest = std::max<double>(largest, std::abs(x[i]));
      difference = std::max<double>(difference, std::abs(x[i] - y[i]));
    }
    worst = std::max(worst, difference / largest);
  };
  for (std::size_t l = 0; l < a.layer_count(); ++l) {
    compare(a.layer(l).weights.values(), b.layer(l).weights.values());
    if (!a.layer(l).batch_norm) continue;
    compare(a.layer(l).batch_norm->weight, b.layer(l).batch_norm->weight);
    compare(a.layer(l).batch_norm->mean, b.layer(l).batch_norm->mean);
    compare(a.layer(l).batch_norm->variance, b.layer(l).batch_norm->variance);
  }
  return worst;
}

std::vector<EpochRecord> without_times(std::vector<EpochRecord> history) {
  for (EpochRecord& record : history) record.seconds = 0;
  return history;
}

/// A data set and what one process and two train on it.
class Workers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    write_tiny_cifar(folder() / "data", 100);
    ASSERT_EQ(colcomb(training(folder(), "one.ckpt")).status, 0);
    expect_done(together(2, training(folder(), "two.ckpt")));
  }
  static void TearDownTestSuite() { delete folder_; }

  static const TemporaryFolder& folder() { return *folder_; }

 private:
  static inline TemporaryFolder* folder_ = nullptr;
};

// One process is the oracle. The sums of a step differ in order alone, by some 1e-7 of their size,
// and sixteen steps of so small a network hardly magnify that; a batch in another order, other
// dropout or statistics of half a batch would change the numbers by percents.
TEST_F(Workers, TrainWhatOneProcessTrains) {
  const Checkpoint one = load_checkpoint(folder() / "one.ckpt");
  const Checkpoint two = load_checkpoint(folder() / "two.ckpt");
  EXPECT_LT(relative_difference(one.network, two.network), 1e-5);
  const auto &a = one.training.history, &b = two.training.history;
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t e = 0; e < a.size(); ++e) {
    EXPECT_NEAR(a[e].train_loss, b[e].train_loss, 1e-5);
    EXPECT_NEAR(a[e].test_loss, b[e].test_loss, 1e-5);
    EXPECT_NEAR(a[e].test_top1, b[e].test_top1, 0.011);  // one image may lie on the border
    EXPECT_EQ(a[e].nonzeros, b[e].nonzeros);
    EXPECT_EQ(a[e].packed_macs, b[e].packed_macs);
  }
  // With statistics of its share alone, each worker trains something else.
  expect_done(together(2, training(folder(), "apart.ckpt") + " --sync-batch-norm -"));
  const Checkpoint apart = load_checkpoint(folder() / "apart.ckpt");
  EXPECT_GT(relative_difference(one.network, apart.network), 1e-2);
}

TEST_F(Workers, ALostOneEndsTheOthersAndAResumedRunEqualsAWholeOneBitForBit) {
  // Worker 1 is killed once the first epoch's checkpoint is there.
  const std::string arguments = training(folder(), "cut.ckpt") + " --resume";
  const std::string killer = fmt::format(
      "sh -c '\"$@\" & worker=$!; for i in $(seq 6000); do test -e \"{}\" && break; sleep 0.01; "
      "done; kill -9 $worker; wait $worker' sh",
      (folder() / "cut.ckpt").string());
  const auto cut = together(2, arguments + " --worker-timeout 60", killer);
  EXPECT_EQ(cut[1].status, 137) << cut[1].output;
  EXPECT_EQ(cut[0].status, 1) << cut[0].output;
  EXPECT_THAT(cut[0].output, HasSubstr("worker 0 of 2: the connection to a worker was lost"));
  const Checkpoint whole = load_checkpoint(folder() / "two.ckpt");
  ASSERT_LT(load_checkpoint(folder() / "cut.ckpt").training.epochs_done,
            whole.training.epochs_done);

  expect_done(together(2, arguments));
  const Checkpoint resumed = load_checkpoint(folder() / "cut.ckpt");
  EXPECT_TRUE(resumed.network == whole.network);
  EXPECT_TRUE(resumed.training.optimizer == whole.training.optimizer);
  EXPECT_EQ(without_times(resumed.training.history), without_times(whole.training.history));
}

// Mixing, the teacher's targets and whole numbers are those of one process too. A step that rounds
// weights to whole numbers magnifies a difference in their last bit to a unit where it lies on a
// border, so the weights are held to a looser bound.
TEST_F(Workers, FollowRecipesAndTrainThroughTheQuantizer) {
  const auto recipe = [&](const std::string& name) {
    return training(folder(), name) +
           fmt::format(" --mixup 0.5 --teacher '{}' --average-decay 0.9 --qat-epochs 2",
                       (folder() / "one.ckpt").string());
  };
  ASSERT_EQ(colcomb(recipe("recipe.ckpt")).status, 0);
  expect_done(together(2, recipe("shared.ckpt")));
  const Checkpoint one = load_checkpoint(folder() / "recipe.ckpt");
  const Checkpoint two = load_checkpoint(folder() / "shared.ckpt");
  EXPECT_LT(relative_difference(one.network, two.network), 1e-3);
  for (std::size_t e = 0; e < one.training.history.size(); ++e)
    EXPECT_NEAR(one.training.history[e].train_loss, two.training.history[e].train_loss, 1e-4);
}

TEST_F(Workers, WhatCannotWorkIsSaidClearly) {
  const std::string train = training(folder(), "net.ckpt");
  const auto start = [&](const std::string& environment, const std::string& arguments) {
    return run_command(fmt::format("{} '{}' {}", environment, COLCOMB_COMMAND, arguments));
  };
  const CommandResult half = start("WORLD_SIZE=2", train);
  EXPECT_EQ(half.status, 2);
  EXPECT_THAT(half.output, HasSubstr("RANK: must be set beside WORLD_SIZE, which is 2"));
  const CommandResult alone = start(variables(0, 2, free_port()), train + " --worker-timeout 1");
  EXPECT_EQ(alone.status, 1);
  EXPECT_THAT(alone.output, HasSubstr("worker 0 of 2: the workers did not all meet at"));
  const CommandResult run = start(variables(0, 2, free_port()), "run --out out");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.output, HasSubstr("works in one process"));

  // Both are told, not only the one that differs.
  const int port = free_port();
  const auto with_lr = [&](std::size_t rank, const char* rate) {
    return start(variables(rank, 2, port), train + " --lr " + rate);
  };
  CommandResult other;
  std::thread thread([&] { other = with_lr(1, "0.02"); });
  const CommandResult one = with_lr(0, "0.01");
  thread.join();
  for (const CommandResult& result : {one, other}) {
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, HasSubstr("must be started with the same options and network"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder() / "net.ckpt"));
}

}  // namespace
}  // namespace colcomb::tests
