// Named networks, all the way on a tiny data set.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

class Model : public testing::Test {
 protected:
  void SetUp() override { write_tiny_cifar(folder_ / "data", 30); }

  [[nodiscard]] std::string path(const char* name) const {
    return fmt::format("'{}'", (folder_ / name).string());
  }
  [[nodiscard]] std::string data() const {
    return " --dataset cifar10 --dataset-root " + path("data");
  }
  [[nodiscard]] std::string training() const {
    return data() + " --batch-size 15 --epochs 2 --lr 0.05 --threads 1";
  }

  TemporaryFolder folder_;
};

void expect_success(const CommandResult& result) {
  ASSERT_EQ(result.status, 0) << result.output;
}

TEST_F(Model, ResNetTrainsPacksQuantizesAndKeepsItsLogits) {
  expect_success(colcomb("train --model resnet20-shift --width 0.25 --alpha 4" + training() +
                         " --save-path " + path("net.ckpt")));
  const Checkpoint trained = load_checkpoint(folder_ / "net.ckpt");
  ASSERT_EQ(trained.network.layer_count(), 20U);
  for (std::size_t i = 1; i < 19; ++i) {
    const LayerDescription& layer = trained.network.description.layer(i);
    EXPECT_EQ(layer.residual.has_value(), i % 2 == 0) << layer.name;
    const auto& groups = trained.network.layer(i).groups;
    ASSERT_TRUE(groups) << layer.name;
    EXPECT_LT(groups->size(), layer.columns.size()) << layer.name;
  }
  EXPECT_EQ(trained.network.description.layer(18).out_channels, 16U);

  expect_success(
      colcomb("pack " + path("net.ckpt") + " --alpha 8 --gamma 1 --out " + path("packed.ckpt")));
  for (const char* permuting : {"", " --permute-rows"}) {
    expect_success(colcomb("quantize " + path("packed.ckpt") + " --out " + path("net.packed") +
                           data() + permuting));
    const CommandResult eval = colcomb("eval " + path("packed.ckpt") + " --packed " +
                                       path("net.packed") + data() + " --json");
    expect_success(eval);
    EXPECT_EQ(nlohmann::json::parse(eval.output)["identical_logits"], 30) << permuting;
  }
}

TEST_F(Model, MobileNetTrainsPacksQuantizesAndKeepsItsLogits) {
  const std::string training_of = "train --model mobilenet-like --width 0.1 --alpha 4" +
                                  training() + " --save-path " + path("net.ckpt");
  expect_success(colcomb(training_of));
  const Checkpoint trained = load_checkpoint(folder_ / "net.ckpt");
  ASSERT_EQ(trained.network.layer_count(), 28U);
  for (std::size_t i = 1; i < 27; i += 2) {
    const LayerDescription& layer = trained.network.description.layer(i);
    EXPECT_EQ(layer.conv_groups, layer.in_channels);
    EXPECT_EQ(count_nonzeros(trained.network.layer(i).mask), 9 * layer.out_channels) << layer.name;
    const auto& groups = trained.network.layer(i).groups;
    ASSERT_TRUE(groups) << layer.name;
    EXPECT_LT(groups->size(), layer.columns.size()) << layer.name;
  }
  for (const char* permuting : {"", " --permute-rows"}) {
    expect_success(colcomb("quantize " + path("net.ckpt") + " --out " + path("net.packed") +
                           data() + permuting));
    const CommandResult eval = colcomb("eval " + path("net.ckpt") + " --packed " +
                                       path("net.packed") + data() + " --json");
    expect_success(eval);
    EXPECT_EQ(nlohmann::json::parse(eval.output)["identical_logits"], 30) << permuting;
  }
}

TEST_F(Model, RunReadsTheImageAsItIsUnlessAskedToReshape) {
  const std::string run = "run --model lenet5-shift" + training() + " --json --out ";
  const CommandResult plain = colcomb(run + path("plain") + " 2>/dev/null");
  expect_success(plain);
  EXPECT_EQ(nlohmann::json::parse(plain.output)["identical_logits"], 30);
  expect_success(colcomb(run + path("reshaped") + " --reshape-stride 4"));
  const auto input = [this](const char* out) {
    return load_checkpoint(folder_ / out / "network.ckpt").network.description.input;
  };
  EXPECT_EQ(input("plain").reshape_stride, 1U);
  EXPECT_EQ(input("reshaped").reshape_stride, 4U);
}

TEST_F(Model, InspectPrintsPublishedSizes) {
  const CommandResult json = colcomb("inspect --model resnet20 --json");
  expect_success(json);
  const auto model = nlohmann::json::parse(json.output);
  EXPECT_EQ(model["parameters"], 269'722);  // the published ResNet-20's
  EXPECT_EQ(model["macs"], 40'551'040);
  EXPECT_EQ(model["layers"][8]["residual"], "block3.layer2");
  EXPECT_EQ(model["layers"][8]["residual_stride"], 2);
  const CommandResult grouped = colcomb("inspect --model mobilenet-like --json");
  expect_success(grouped);
  const auto mobilenet = nlohmann::json::parse(grouped.output);
  EXPECT_EQ(mobilenet["parameters"], 3'217'226);  // MobileNet's, with 10 classes for 1000
  EXPECT_EQ(mobilenet["layers"][1]["conv_groups"], 32);
  EXPECT_EQ(mobilenet["layers"][1]["weights"], 32 * 9);
  EXPECT_FALSE(mobilenet["layers"][2].contains("conv_groups"));
  const CommandResult text = colcomb("inspect --model lenet5-shift --input-channels 1");
  expect_success(text);
  EXPECT_NE(text.output.find("13086 of them weights"), std::string::npos) << text.output;
}

TEST_F(Model, OfAFileTrainsAndResumesOnlyUnchanged) {
  const auto write = [&](int filters) {
    std::ofstream(folder_ / "net.toml") << "[[layer]]\nname = \"first\"\nfilters = 8\nstride = 2\n"
                                           "[[layer]]\nkind = \"shift\"\nfilters = "
                                        << filters << "\nresidual = \"first\"\nalpha = 4\n";
  };
  write(12);
  const std::string train =
      "train --model " + path("net.toml") + training() + " --save-path " + path("net.ckpt");
  expect_success(colcomb(train + " --epochs 1"));
  const Checkpoint trained = load_checkpoint(folder_ / "net.ckpt");
  ASSERT_EQ(trained.network.layer_count(), 3U);
  EXPECT_EQ(trained.network.description.layer(1).residual, 0U);
  expect_success(colcomb(train + " --epochs 1 --resume"));
  write(16);
  const CommandResult changed = colcomb(train + " --epochs 1 --resume");
  EXPECT_EQ(changed.status, 2) << changed.output;
  EXPECT_NE(changed.output.find("network.layer2: '16 x 8 shift"), std::string::npos)
      << changed.output;
  EXPECT_NE(changed.output.find("was begun with '12 x 8 shift"), std::string::npos)
      << changed.output;
  std::ofstream(folder_ / "net.toml") << "[[layer]]\nfilters = 0\n";
  const CommandResult wrong = colcomb("inspect --model " + path("net.toml"));
  EXPECT_EQ(wrong.status, 1) << wrong.output;
  EXPECT_NE(wrong.output.find("net.toml: layer 1, filters"), std::string::npos) << wrong.output;
}

TEST_F(Model, MistakesAreNamed) {
  const auto refused = [&](const std::string& arguments, const std::vector<const char*>& said) {
    const CommandResult result =
        colcomb("train --save-path " + path("net.ckpt") + training() + ' ' + arguments);
    EXPECT_EQ(result.status, 2) << arguments << '\n' << result.output;
    for (const char* words : said)
      EXPECT_NE(result.output.find(words), std::string::npos) << words << '\n' << result.output;
  };
  refused("--model resnet20 --filters 8 16", {"--model", "--filters"});
  refused("--model resnet20 --layers 1 2", {"--model", "--layers"});
  refused("--model resnet20 --strides 1 2", {"--model", "--strides"});
  refused("--model resnet20 --groups 1 2", {"--model", "--groups"});
  refused("--layer-type vgg --model resnet20", {"--model", "--layer-type"});
  refused("--model resnet21", {"resnet21", "lenet5-shift", "resnet20-shift"});
  refused("--width 2", {"--width", "--model"});
  refused("--alpha 2", {"--alpha", "--model"});
  refused("--model resnet20 --width -1", {"--width"});
  refused("--model resnet20 --alpha 65", {"--alpha"});
  refused("--model vgg16 --input-size 8", {"--model", "vgg16", "16 x 16", "8 x 8"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "net.ckpt"));
  EXPECT_EQ(colcomb("run" + training() + " --model resnet20 --filters 8").status, 2);
  EXPECT_EQ(colcomb("inspect").status, 2);
  EXPECT_EQ(colcomb("inspect file --model vgg16").status, 2);
  EXPECT_EQ(colcomb("inspect file --width 2").status, 2);
}

}  // namespace
}  // namespace colcomb::tests
