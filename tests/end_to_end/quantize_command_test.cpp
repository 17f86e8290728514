// `colcomb quantize` on a checkpoint of random weights, 3 x 32 x 32.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

FloatNetwork random_cifar_network() {
  FloatNetwork network;
  network.description.input = {3, 32, 32, {0.49, 0.48, 0.45}, {0.25, 0.24, 0.26}, 1};
  network.description.classes = 10;
  LayerDescription hidden;
  hidden.name = "conv0";
  hidden.in_channels = 3;
  hidden.out_channels = 12;
  hidden.kernel = 3;
  hidden.stride = 4;
  hidden.columns = convolution_columns(3, 3);
  hidden.in_height = hidden.in_width = 32;
  network.description.hidden = {hidden};
  network.description.classifier = make_classifier(12, 10);
  Random random(5);
  network.hidden.resize(1);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    FloatLayer& layer = network.layer(i);
    layer.weights = Matrix<float>(description.out_channels, description.columns.size());
    for (float& weight : layer.weights.values()) weight = static_cast<float>(0.3 * random.normal());
    if (!description.batch_norm) {
      layer.bias.assign(description.out_channels, 0.1F);
    } else {
      const std::vector<float> ones(description.out_channels, 1.0F);
      layer.batch_norm = BatchNorm{ones, ones, ones, ones};
    }
  }
  return network;
}

class QuantizeCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    write_tiny_cifar(folder_ / "data", 8);
    save_checkpoint({random_cifar_network(), {}, ""}, folder_ / "net.ckpt");
  }

  [[nodiscard]] CommandResult quantize(const std::string& flags) const {
    return colcomb(fmt::format("quantize '{}' --out '{}' --dataset cifar10 --dataset-root '{}' {}",
                               (folder_ / "net.ckpt").string(), (folder_ / "net.packed").string(),
                               (folder_ / "data").string(), flags));
  }

  TemporaryFolder folder_;
};

TEST_F(QuantizeCommand, CheckTellsWhatEachLayerLoses) {
  const CommandResult text = quantize("--check --check-images 10 --permute-rows");
  ASSERT_EQ(text.status, 0) << text.output;
  EXPECT_THAT(text.output,
              HasSubstr("integer and fake-quantized network equal in every layer on 10 images"));
  EXPECT_THAT(text.output, HasSubstr("costs the most"));
  EXPECT_THAT(text.output, HasSubstr("one scale per layer, or per channel (--weight-scales)"));
  const CommandResult result = quantize("--check --check-images 10 --json");
  ASSERT_EQ(result.status, 0) << result.output;
  const Json check = Json::parse(result.output)["check"];
  EXPECT_EQ(check["images"], 10);
  ASSERT_EQ(check["stages"].size(), 3U);  // conv0, pooling, linear
  EXPECT_EQ(check["stages"][0]["values"], 10 * 12 * 8 * 8);
  EXPECT_GT(check["stages"][2]["snr_db"], 15.0);
  EXPECT_EQ(check["sensitivity"].size(), 2U);
}

TEST_F(QuantizeCommand, PowerOfTwoWeightsAreInTheFileAndInspectSaysSo) {
  const CommandResult result = quantize("--weights pow2 --check --check-images 10 --json");
  ASSERT_EQ(result.status, 0) << result.output;
  const QuantizedNetwork network = load_packed_network(folder_ / "net.packed");
  for (const QuantizedLayer& layer : network.all()) {
    EXPECT_EQ(layer.weight_code, WeightCode::kPowerOfTwo);
    for (const std::int8_t weight : layer.weights.values.values())
      EXPECT_EQ(std::popcount(static_cast<unsigned>(std::abs(int{weight}))), weight == 0 ? 0 : 1);
  }
  const CommandResult inspect =
      colcomb(fmt::format("inspect '{}' --json", (folder_ / "net.packed").string()));
  EXPECT_EQ(Json::parse(inspect.output)["layers"][0]["weight_code"], "pow2");
  EXPECT_EQ(quantize("--weights int4").status, 2);
}

TEST_F(QuantizeCommand, ScalesPerChannelAreInTheFileAndTheCheck) {
  const CommandResult result = quantize("--weight-scales channel --check --check-images 10 --json");
  ASSERT_EQ(result.status, 0) << result.output;
  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["weight_scales"], "channel");
  const QuantizedNetwork network = load_packed_network(folder_ / "net.packed");
  EXPECT_EQ(network.hidden[0].row_exponents.size(), 12U);
  const Json& check = json["check"];
  EXPECT_EQ(check["weight_scales"]["channel"]["agreeing"], check["agreeing"]);
  const Json& layer = check["weight_scales"]["layers"][0];
  EXPECT_EQ(layer["rows"], 12);
  EXPECT_GT(layer["channel"]["weights_snr_db"], layer["layer"]["weights_snr_db"]);
  const CommandResult inspect =
      colcomb(fmt::format("inspect '{}' --json", (folder_ / "net.packed").string()));
  EXPECT_EQ(Json::parse(inspect.output)["layers"][0]["row_exponents"].size(), 12U);
  EXPECT_EQ(quantize("--weight-scales row").status, 2);
}

TEST_F(QuantizeCommand, CheckImagesNeedsCheck) {
  EXPECT_EQ(quantize("--check-images 10").status, 2);
}

}  // namespace
}  // namespace colcomb::tests
