// Combining for an array as a user asks for it: train, pack, run, suggest, the frontier experiment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

using ::testing::HasSubstr;

class AllocationCommands : public testing::Test {
 protected:
  void SetUp() override { write_tiny_cifar(folder_ / "data", 40); }

  [[nodiscard]] std::string path(const char* name) const {
    return "'" + (folder_ / name).string() + "'";
  }
  [[nodiscard]] std::string flags() const {
    return fmt::format(
        " --dataset cifar10 --dataset-root {} --aug - --filters 8 24 --layers 2 2 --strides 2 2 "
        "--reshape-stride 4 --batch-size 20 --epochs 3 --threads 1 ",
        path("data"));
  }
  [[nodiscard]] nlohmann::json report(const char* out) const {
    return nlohmann::json::parse(read_text_file(folder_ / out / "report.json"));
  }

  TemporaryFolder folder_;
};

TEST_F(AllocationCommands, RunFitsTheArrayUnlessItIsNotTo) {
  const CommandResult fitted =
      colcomb("run" + flags() + "--array 8x8 --groups 8 8 --out " + path("fit"));
  ASSERT_EQ(fitted.status, 0) << fitted.output;
  EXPECT_THAT(fitted.output,
              HasSubstr("groups for array 8x8, as many groups as cost nothing more"));
  const auto plain =
      colcomb("run" + flags() + "--array 8x8 --fit - --groups 8 8 --out " + path("paper"));
  ASSERT_EQ(plain.status, 0) << plain.output;
  const nlohmann::json fit = report("fit");
  const nlohmann::json paper = report("paper");
  // No more clocks, and few less: more groups have fewer columns each to read. What was promised is
  // what is simulated; more weights.
  EXPECT_LE(fit["simulation"]["interval"], paper["simulation"]["interval"]);
  EXPECT_GE(fit["simulation"]["interval"].get<double>(),
            0.99 * paper["simulation"]["interval"].get<double>());
  EXPECT_EQ(fit["allocation"]["interval"], fit["simulation"]["interval"]);
  EXPECT_EQ(fit["allocation"]["latency"], fit["simulation"]["latency"]);
  EXPECT_TRUE(paper["allocation"].is_null());
  EXPECT_GT(fit["combining"]["total"]["nonzeros"], paper["combining"]["total"]["nonzeros"]);
  // What is cut short goes on; with another array it is another run.
  const std::string again = "run" + flags() + "--groups 8 8 --out " + path("fit");
  EXPECT_EQ(colcomb(again + " --array 8x8").status, 0);
  const CommandResult other = colcomb(again + " --array 8x16");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.output, HasSubstr("--array"));
}

TEST_F(AllocationCommands, TrainingKeepsItsBudgetOrSaysTheLeast) {
  const std::string train = "train" + flags() + "--array 8x8 --save-path " + path("net.ckpt");
  const CommandResult impossible = colcomb(train + " --budget tiles=3");
  EXPECT_EQ(impossible.status, 2);
  EXPECT_THAT(impossible.output, HasSubstr("--budget"));
  EXPECT_THAT(impossible.output, HasSubstr("is all that is possible"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "net.ckpt"));
  for (const char* wrong : {" --budget clocks=3", " --budget tiles", " --importance size"})
    EXPECT_EQ(colcomb(train + wrong).status, 2) << wrong;
  EXPECT_EQ(colcomb("train" + flags() + "--budget tiles=9 --save-path " + path("n")).status, 2);

  const CommandResult kept = colcomb(train + " --budget tiles=22 --importance fisher");
  ASSERT_EQ(kept.status, 0) << kept.output;
  const Checkpoint checkpoint = load_checkpoint(folder_ / "net.ckpt");
  ASSERT_TRUE(checkpoint.training.allocation.has_value());
  const AllocationReport& allocation = *checkpoint.training.allocation;
  EXPECT_EQ(allocation.limit, 22U);
  EXPECT_LE(*allocation.spent, 22U);
  std::size_t tiles = 0;
  for (std::size_t i = 0; i < checkpoint.network.layer_count(); ++i) {
    const FloatLayer& layer = checkpoint.network.layer(i);
    const std::size_t groups = layer.groups ? layer.groups->size() : layer.weights.cols();
    EXPECT_LE(groups, allocation.layers[i].groups);
    tiles += (layer.weights.rows() + 7) / 8 * ((groups + 7) / 8);
  }
  EXPECT_EQ(tiles, *allocation.spent);
}

TEST_F(AllocationCommands, PackFitsACheckpointAndSuggestSaysWhatElse) {
  ASSERT_EQ(
      colcomb("train" + flags() + "--schedule none --groups 8 8 --save-path " + path("dense.ckpt"))
          .status,
      0);
  const CommandResult fit =
      colcomb("pack " + path("dense.ckpt") + " --array 8x8 --fit --json --out " + path("fit.ckpt"));
  ASSERT_EQ(fit.status, 0) << fit.output;
  const auto json = nlohmann::json::parse(fit.output);
  for (std::size_t i = 0; i < json["layers"].size(); ++i)
    EXPECT_EQ(json["layers"][i]["groups"], json["allocation"]["layers"][i]["groups"]) << i;
  const CommandResult budget =
      colcomb("pack " + path("dense.ckpt") + " --array 8x8 --budget macs=20000 --json");
  ASSERT_EQ(budget.status, 0) << budget.output;
  const auto macs = nlohmann::json::parse(budget.output);
  EXPECT_LE(macs["allocation"]["spent"], 20000);
  EXPECT_EQ(macs["allocation"]["spent"], macs["total"]["macs"]);
  EXPECT_EQ(colcomb("pack " + path("dense.ckpt") + " --fit --prune 0.5").status, 2);

  const CommandResult suggested = colcomb("suggest " + path("fit.ckpt") + " --array 8x8 --json");
  ASSERT_EQ(suggested.status, 0) << suggested.output;
  const auto suggestions = nlohmann::json::parse(suggested.output);
  EXPECT_EQ(suggestions["now"]["interval"], json["allocation"]["interval"]);
  EXPECT_EQ(suggestions["now"], suggestions["fitted"]);
  EXPECT_GT(suggestions["suggestions"].size(), 5U);
  EXPECT_THAT(colcomb("suggest " + path("fit.ckpt") + " --array 8x8").output,
              HasSubstr("16 x 4 cells in place of 8 x 8"));
}

TEST_F(AllocationCommands, FrontierGoesOnWhereItStopped) {
  const std::string frontier = "experiment frontier" + flags() +
                               "--array 8x8 --alphas 1 2 8 --seeds 2 --out " + path("frontier");
  const CommandResult first = colcomb(frontier + " --json 2>/dev/null");
  ASSERT_EQ(first.status, 0) << first.output;
  const auto results = nlohmann::json::parse(read_text_file(folder_ / "frontier" / "results.json"));
  EXPECT_EQ(nlohmann::json::parse(first.output), results);
  EXPECT_TRUE(results["complete"]);
  ASSERT_EQ(results["runs"].size() % 8, 0U);
  for (const auto& run : results["runs"]) {
    const bool within = run["arm"] == "budget" || run["arm"] == "thin";
    EXPECT_TRUE(!within || run["interval"] <= run["budget"]) << run.dump();
    EXPECT_TRUE(run["arm"] != "magnitude" || run["interval"] >= run["budget"]) << run.dump();
  }
  // A run that is gone is done again, with the same numbers.
  std::filesystem::remove_all(folder_ / "frontier" / "runs" / "budget-alpha8-seed2");
  const CommandResult again = colcomb(frontier + " --json 2>/dev/null");
  ASSERT_EQ(again.status, 0);
  auto repeated = nlohmann::json::parse(again.output);
  auto before = results;
  for (auto* each : {&repeated, &before}) {
    for (auto& run : (*each)["runs"]) run.erase("train_seconds");
  }
  EXPECT_EQ(repeated, before);
  EXPECT_THAT(read_text_file(folder_ / "frontier" / "frontier.svg"), HasSubstr("</svg>"));
  EXPECT_EQ(colcomb(frontier + " --seeds 1").status, 2);
  EXPECT_EQ(colcomb(frontier + " --arms none").status, 2);
}

}  // namespace
}  // namespace colcomb::tests
