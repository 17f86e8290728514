// A result that lies on disk stands for a run only if that run had the same identity, and a file
// says where its network comes from.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

class Identity : public testing::Test {
 protected:
  Identity() { write_tiny_cifar(folder_ / "data", 40); }

  [[nodiscard]] std::string train(const std::string& more) const {
    return tiny_training(folder_ / "data", folder_ / "net.ckpt") + " --epochs 1 " + more;
  }
  [[nodiscard]] std::string run(const std::string& more) const {
    return fmt::format(
        "run --dataset cifar10 --dataset-root '{}' --aug + --filters 4 8 --layers 1 1 --strides 2 "
        "2 "
        "--groups 2 4 --reshape-stride 2 --batch-size 50 --epochs 1 --threads 1 --out '{}' {}",
        (folder_ / "data").string(), (folder_ / "out").string(), more);
  }

  static void expect_refused(const std::string& command, const std::string& flag,
                             const std::string& now, const std::string& before) {
    const CommandResult result = colcomb(command);
    EXPECT_EQ(result.status, 2) << result.output;
    EXPECT_NE(result.output.find(fmt::format("{}: '{}'", flag, now)), std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find(fmt::format("was begun with '{}'", before)), std::string::npos)
        << result.output;
  }

  TemporaryFolder folder_;
};

TEST_F(Identity, ResumeNamesTheFirstDifference) {
  ASSERT_EQ(colcomb(train("")).status, 0);
  EXPECT_EQ(colcomb(train("--resume")).status, 0);
  expect_refused(train("--resume --sample-ratio 0.5"), "--sample-ratio", "0.5", "1");
  expect_refused(train("--resume --validation-ratio 0.1"), "--validation-ratio", "0.1", "0.02");
  expect_refused(train("--resume --lr 0.06"), "--lr", "0.06", "0.05");
  expect_refused(train("--resume --crop-padding 2"), "--crop-padding", "2", "4");
  expect_refused(train("--resume --dropout 0.5"), "--dropout", "0.5", "0.2");
  EXPECT_EQ(colcomb(train("--resume --print-freq 7")).status, 0);  // changes no number
}

TEST_F(Identity, ResumeSeesOtherImages) {
  ASSERT_EQ(colcomb(train("")).status, 0);
  // One image more in every file.
  write_tiny_cifar(folder_ / "data", 41);
  const CommandResult result = colcomb(train("--resume"));
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_NE(result.output.find("data.train"), std::string::npos) << result.output;
}

TEST_F(Identity, RunReusesNothingOfAnotherRun) {
  const CommandResult first = colcomb(run("--sample-ratio 0.5 --json"));
  ASSERT_EQ(first.status, 0) << first.output;
  expect_refused(run("--sample-ratio 0.6"), "--sample-ratio", "0.6", "0.5");
  expect_refused(run("--sample-ratio 0.5 --validation-ratio 0.3"), "--validation-ratio", "0.3",
                 "0.02");
  expect_refused(run("--sample-ratio 0.5 --seed 2"), "--seed", "2", "1");
  EXPECT_EQ(colcomb(run("--sample-ratio 0.5")).status, 0);
  EXPECT_EQ(colcomb(run("--sample-ratio 0.6 --force")).status, 0);
}

TEST_F(Identity, WhatPackWritesHasAnOriginAndNoHistory) {
  ASSERT_EQ(colcomb(train("")).status, 0);
  const std::string net = (folder_ / "net.ckpt").string();
  ASSERT_EQ(colcomb(fmt::format("pack '{}' --prune 0.9 --alpha 8 --out '{}'", net,
                                (folder_ / "packed.ckpt").string()))
                .status,
            0);
  const Checkpoint packed = load_checkpoint(folder_ / "packed.ckpt");
  EXPECT_EQ(packed.origin, "packed from " + net);
  EXPECT_TRUE(packed.training.history.empty());
  EXPECT_TRUE(packed.training.identity.fields.empty());
  EXPECT_TRUE(packed.training.optimizer.empty());
  EXPECT_EQ(packed.training.epochs_done, 0U);
  const CommandResult inspected =
      colcomb(fmt::format("inspect '{}'", (folder_ / "packed.ckpt").string()));
  EXPECT_NE(inspected.output.find("packed from " + net), std::string::npos) << inspected.output;
  EXPECT_EQ(inspected.output.find("epoch"), std::string::npos) << inspected.output;
  EXPECT_EQ(inspected.output.find("top-1"), std::string::npos) << inspected.output;
  // Not a run to go on with.
  std::filesystem::copy_file(folder_ / "packed.ckpt", folder_ / "net.ckpt",
                             std::filesystem::copy_options::overwrite_existing);
  const CommandResult resumed = colcomb(train("--resume"));
  EXPECT_EQ(resumed.status, 2) << resumed.output;
  EXPECT_NE(resumed.output.find("no training"), std::string::npos) << resumed.output;
}

TEST_F(Identity, ThePackedNetworkKnowsItsDataSet) {
  ASSERT_EQ(colcomb(train("")).status, 0);
  const std::string root = fmt::format(" --dataset-root '{}'", (folder_ / "data").string());
  const std::string net = (folder_ / "net.ckpt").string();
  const std::string packed = (folder_ / "net.packed").string();
  ASSERT_EQ(colcomb(fmt::format("quantize '{}' --out '{}'{}", net, packed, root)).status, 0);
  const QuantizedNetwork network = load_packed_network(packed);
  EXPECT_EQ(network.description.data.name, "cifar10");
  EXPECT_EQ(network.description.data.class_names.at(9), "class9");
  EXPECT_EQ(network.samples.labels.size(), 16U);
  EXPECT_EQ(network.origin, "quantized from " + net);
  EXPECT_EQ(colcomb(fmt::format("eval '{}'{}", packed, root)).status, 0);
  // Its own samples are enough to simulate: no data set is read.
  const CommandResult simulated = colcomb(fmt::format(
      "simulate '{}' --images 2 --engine both --json --dataset-root /no/such/folder", packed));
  ASSERT_EQ(simulated.status, 0) << simulated.output;
  EXPECT_EQ(nlohmann::json::parse(simulated.output)["equal_images"], 2);
}

}  // namespace
}  // namespace colcomb::tests
