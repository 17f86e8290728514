// The limited-data experiment as a user runs it: what it leaves, and that killing it changes
// nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

namespace fs = std::filesystem;

class LimitedData : public testing::Test {
 protected:
  void SetUp() override { write_tiny_cifar(folder_ / "data", 40); }

  /// 200 training images, 20 of each class: 4 are held out, 16 are trained on.
  [[nodiscard]] std::string experiment(const char* out, const char* fractions = "12.5 50") const {
    return fmt::format(
        "experiment limited-data --dataset cifar10 --dataset-root '{}' --aug - --filters 8 "
        "--layers 2 --strides 2 --groups 4 --reshape-stride 4 --batch-size 20 --epochs 4 "
        "--validation-ratio 0.2 --fractions {} --threads 1 --out '{}'",
        (folder_ / "data").string(), fractions, (folder_ / out).string());
  }
  [[nodiscard]] nlohmann::json results(const char* out) const {
    return nlohmann::json::parse(read_text_file(folder_ / out / "results.json"));
  }
  [[nodiscard]] Checkpoint run_of(const char* out, const char* name) const {
    return load_checkpoint(folder_ / out / "runs" / name);
  }

  TemporaryFolder folder_;
};

/// Seconds are the only figures that may differ between two experiments with the same options.
nlohmann::json without_seconds(nlohmann::json results) {
  for (auto& run : results["runs"]) run.erase("seconds");
  return results;
}

TEST_F(LimitedData, KilledAndRepeatedEqualsUninterrupted) {
  const CommandResult whole =
      colcomb(experiment("whole") + " --pretrain-epochs 3 --json 2>/dev/null");
  ASSERT_EQ(whole.status, 0) << whole.output;
  const auto expected = results("whole");
  EXPECT_EQ(nlohmann::json::parse(whole.output), expected);
  EXPECT_TRUE(expected["complete"]);
  const auto& runs = expected["runs"];
  ASSERT_EQ(runs.size(), 5U);
  const char* const starts[] = {"dense", "pretrained", "scratch", "pretrained", "scratch"};
  const int images[] = {160, 20, 20, 80, 80};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(runs[i]["start"], starts[i]);
    EXPECT_EQ(runs[i]["images"], images[i]) << i;
    EXPECT_EQ(runs[i]["epochs"], i == 0 ? 3 : 4) << i;
  }
  EXPECT_LT(runs[1]["packed_macs"], runs[0]["packed_macs"]);
  const std::string csv = read_text_file(folder_ / "whole" / "results.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);

  // The shifts of a pretrained run are the dense network's; so are the scratch run's, which are
  // drawn from the same seed.
  const auto layers = [&](const char* name) {
    return run_of("whole", name).network.description.hidden;
  };
  EXPECT_EQ(layers("pretrained-50.ckpt"), layers("dense.ckpt"));
  EXPECT_EQ(layers("scratch-50.ckpt"), layers("dense.ckpt"));

  // Killed as soon as the third run, the first from new weights, has written its first epoch.
  const CommandResult cut = run_command(fmt::format(
      "'{}' {} >/dev/null & while [ ! -e '{}' ] && kill -0 $!; do sleep 0.01; done; kill -KILL $!; "
      "wait $!",
      COLCOMB_COMMAND, experiment("cut") + " --pretrain-epochs 3",
      (folder_ / "cut/runs/scratch-12.5.ckpt").string()));
  ASSERT_EQ(cut.status, 137) << cut.output;
  const auto some = results("cut");
  EXPECT_FALSE(some["complete"]);
  EXPECT_LT(some["runs"].size(), 5U);
  const auto finished = fs::last_write_time(folder_ / "cut/runs/pretrained-12.5.ckpt");

  const CommandResult rest = colcomb(experiment("cut") + " --pretrain-epochs 3");
  ASSERT_EQ(rest.status, 0) << rest.output;
  EXPECT_NE(rest.output.find("finished before"), std::string::npos) << rest.output;
  EXPECT_NE(rest.output.find("12.5%"), std::string::npos) << rest.output;
  EXPECT_EQ(fs::last_write_time(folder_ / "cut/runs/pretrained-12.5.ckpt"), finished);
  EXPECT_EQ(without_seconds(results("cut")), without_seconds(expected));
  for (const auto& entry : fs::directory_iterator(folder_ / "whole" / "runs")) {
    if (entry.path().extension() != ".ckpt") continue;
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(run_of("cut", name.c_str()).network == run_of("whole", name.c_str()).network)
        << name;
  }
}

TEST_F(LimitedData, OtherOptionsAreRefusedAndForceBeginsAnew) {
  const auto refused = [](const std::string& arguments, const std::string& said) {
    const CommandResult result = colcomb(arguments);
    EXPECT_EQ(result.status, 2) << arguments << '\n' << result.output;
    EXPECT_NE(result.output.find(said), std::string::npos) << result.output;
  };
  const auto once_with = [this](const char* fractions) {
    return experiment("out", fractions) + " --epochs 1";
  };
  const std::string once = once_with("50");
  refused(once_with("50 101"), "--fractions");
  refused(once_with("50 50"), "twice");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  const CommandResult first = colcomb(once);
  ASSERT_EQ(first.status, 0) << first.output;

  refused(once + " --lr 0.2", "--lr");
  refused(once_with("50 100"), "--fractions");
  refused(once + " --dropout", "--dropout");
  EXPECT_EQ(results("out")["runs"].size(), 3U);
  EXPECT_EQ(colcomb(once + " --lr 0.10 --threads 2").status, 0) << "0.10 is the default, 0.1";

  const std::string imported =
      once + fmt::format(" --force --load-path '{}'", (folder_ / "net.ckpt").string());
  refused(imported + " --pretrain-epochs 2", "--pretrain-epochs");
  refused(
      once + fmt::format(" --force --load-path '{}'", (folder_ / "out/runs/dense.ckpt").string()),
      "--load-path");
  fs::copy_file(folder_ / "out/runs/dense.ckpt", folder_ / "net.ckpt");
  const CommandResult anew = colcomb(imported);
  ASSERT_EQ(anew.status, 0) << anew.output;
  EXPECT_EQ(results("out")["runs"].size(), 2U) << "a checkpoint is loaded: none is pretrained";
  EXPECT_FALSE(fs::exists(folder_ / "out/runs/dense.ckpt"));

  fs::create_directories(folder_ / "mine" / "runs");
  std::ofstream(folder_ / "mine/runs/notes") << "kept";
  refused(experiment("mine") + " --force", "--out");
  EXPECT_TRUE(fs::exists(folder_ / "mine/runs/notes"));
}

}  // namespace
}  // namespace colcomb::tests
