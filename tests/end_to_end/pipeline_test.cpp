// The stages one by one, as a user runs them, on a tiny data set.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

class Pipeline : public testing::Test {
 protected:
  void SetUp() override {
    write_tiny_cifar(folder_ / "data", 60);
    const CommandResult train = colcomb(tiny_training(folder_ / "data", folder_ / "net.ckpt"));
    ASSERT_EQ(train.status, 0) << train.output;
  }
  [[nodiscard]] std::string path(const char* name) const {
    return fmt::format("'{}'", (folder_ / name).string());
  }
  [[nodiscard]] std::string data() const {
    return fmt::format(" --dataset cifar10 --dataset-root {}", path("data"));
  }

  TemporaryFolder folder_;
};

TEST_F(Pipeline, TrainedNetworkQuantizesAndEvaluatesIdentically) {
  const CommandResult quantize =
      colcomb("quantize " + path("net.ckpt") + " --out " + path("net.packed") + data());
  ASSERT_EQ(quantize.status, 0) << quantize.output;

  const CommandResult both =
      colcomb("eval " + path("net.ckpt") + " --packed " + path("net.packed") + data() + " --json");
  ASSERT_EQ(both.status, 0) << both.output;
  const auto json = nlohmann::json::parse(both.output);
  EXPECT_EQ(json["identical_logits"], 60);
  EXPECT_EQ(json["fake-quantized"], json["integer"]);

  const CommandResult packed = colcomb("eval " + path("net.packed") + data() + " --json");
  ASSERT_EQ(packed.status, 0) << packed.output;
  EXPECT_EQ(nlohmann::json::parse(packed.output)["integer"], json["integer"]);

  const CommandResult inspect = colcomb("inspect " + path("net.packed") + " --json");
  ASSERT_EQ(inspect.status, 0) << inspect.output;
  EXPECT_EQ(nlohmann::json::parse(inspect.output)["layers"].size(), 5U);
}

TEST_F(Pipeline, PermutedRowsNeedNoSwitchboxAndKeepTheLogits) {
  const CommandResult quantize = colcomb("quantize " + path("net.ckpt") + " --permute-rows --out " +
                                         path("permuted.packed") + data());
  ASSERT_EQ(quantize.status, 0) << quantize.output;
  EXPECT_EQ(quantize.output.find("needs a switchbox"), std::string::npos) << quantize.output;
  const CommandResult both = colcomb("eval " + path("net.ckpt") + " --packed " +
                                     path("permuted.packed") + data() + " --json");
  ASSERT_EQ(both.status, 0) << both.output;
  EXPECT_EQ(nlohmann::json::parse(both.output)["identical_logits"], 60);
}

TEST_F(Pipeline, ACheckpointCanBePackedAnew) {
  const CommandResult pack = colcomb("pack " + path("net.ckpt") + " --alpha 4 --gamma 0.5 --out " +
                                     path("packed.ckpt") + " --json");
  ASSERT_EQ(pack.status, 0) << pack.output;
  const CommandResult inspect = colcomb("inspect " + path("packed.ckpt") + " --json");
  ASSERT_EQ(inspect.status, 0) << inspect.output;
  const auto packed = nlohmann::json::parse(pack.output)["layers"];
  const auto found = nlohmann::json::parse(inspect.output)["combining"]["layers"];
  for (std::size_t i = 0; i < packed.size(); ++i) {
    EXPECT_EQ(packed[i]["groups"], found[i]["groups"]) << i;
    EXPECT_EQ(packed[i]["nonzeros"], found[i]["nonzeros"]) << i;
    EXPECT_LE(packed[i]["alpha"], 4);
  }
  EXPECT_EQ(colcomb("quantize " + path("packed.ckpt") + " --pooling-fraction-bits 2 --out " +
                    path("packed.net"))
                .status,
            0);
}

TEST_F(Pipeline, FilesOfTheWrongKindAreNamed) {
  ASSERT_EQ(
      colcomb("quantize " + path("net.ckpt") + " --pooling-fraction-bits 0 --out " + path("n"))
          .status,
      0);
  const CommandResult quantize = colcomb("quantize " + path("n") + " --out " + path("m") + data());
  EXPECT_EQ(quantize.status, 1);
  EXPECT_NE(quantize.output.find("is a packed network"), std::string::npos) << quantize.output;
}

TEST_F(Pipeline, RunDoesItAllAndGoesOnWhereItStopped) {
  const std::string run = "run" + data() +
                          " --filters 8 16 --layers 1 2 --strides 2 2 --groups 2 8 --batch-size 20 "
                          "--lr 0.05 --epochs 2 --dense-baseline --threads 1 --json --out " +
                          path("out") + " 2>/dev/null";
  const CommandResult first = colcomb(run);
  ASSERT_EQ(first.status, 0) << first.output;
  const auto json = nlohmann::json::parse(first.output);
  EXPECT_EQ(json["identical_logits"], 60);
  EXPECT_TRUE(json["accuracy"].contains("dense"));
  EXPECT_EQ(json["combining"]["layers"].size(), 5U);
  for (const char* name :
       {"network.ckpt", "network.packed", "layers.csv", "report.json", "timeline.json"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / name)) << name;
  }
#ifdef COLCOMB_WITH_PAGE
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/report.html"));
#endif
  // What a page would show is of this run, whose command it names.
  const CommandResult page = colcomb("report --json " + path("out"));
  ASSERT_EQ(page.status, 0) << page.output;
  const auto document = nlohmann::json::parse(page.output);
  EXPECT_EQ(document["summary"][0]["value"], json["accuracy"]["integer"]["top1"]);
  EXPECT_EQ(document["epochs"]["rows"].size(), 2U);
  const std::string command = document["provenance"]["made_by"]["command"];
  EXPECT_EQ(command.rfind("colcomb run --", 0), 0U) << command;
  const CommandResult again = colcomb(run);
  ASSERT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(nlohmann::json::parse(again.output), json);
}

}  // namespace
}  // namespace colcomb::tests
