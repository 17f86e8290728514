// Exported models in ONNX Runtime against the integer network, logit by logit. Skipped where
// install_runtime.sh found no node, npm or registry.
#include <gtest/gtest.h>

#include <limits>

#include "colcomb/base/threads.hpp"
#include "colcomb/interchange/export.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/onnx/runtime_case.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

class Runtime : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(std::filesystem::path(COLCOMB_ONNX_RUNTIME) / "installed"))
      GTEST_SKIP() << "ONNX Runtime is not installed in " << COLCOMB_ONNX_RUNTIME;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  void add_random_case(std::uint64_t seed, bool extreme) {
    Random random(seed);
    // Every fourth network is no chain of layers.
    QuantizedNetwork network = seed % 4 == 3
                                   ? random_quantized_network(random, random_branches(random))
                                   : random_quantized_network(random);
    if (extreme) {
      for (QuantizedLayer& layer : network.all()) {
        for (std::size_t n = 0; n < layer.bias.size(); ++n) {
          layer.bias[n] = n % 2 == 0 ? std::numeric_limits<std::int32_t>::max()
                                     : std::numeric_limits<std::int32_t>::min();
        }
      }
      network.hidden.front().fraction_bits = kMaxFractionBits;
      network.hidden.front().row_exponents.clear();
    }
    std::vector<std::uint8_t> images;
    for (int i = 0; i < 5; ++i) {
      const auto image = random_image(random, network.description.input);
      images.insert(images.end(), image.begin(), image.end());
    }
    const std::string name = path(fmt::format("{}-{}", extreme ? "extreme" : "random", seed));
    interchange::save_onnx(network, {}, name + ".onnx");
    write_expectation(name, images, semantics::run_many(network, images, 1).values());
    cases_ += fmt::format(" '{}'", name);
  }

  void expect_identical(const std::string& summary) const {
    const CommandResult result = run_command(
        fmt::format("node '{}' '{}' {}", COLCOMB_CHECK_LOGITS, COLCOMB_ONNX_RUNTIME, cases_));
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find(summary), std::string::npos) << result.output;
  }

  TemporaryFolder folder_;
  std::string cases_;
};

TEST_F(Runtime, RandomNetworks) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) add_random_case(seed, false);
  expect_identical("logits identical: 300 images, 60 models");
}

TEST_F(Runtime, AccumulationsWrapModulo32Bits) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) add_random_case(seed, true);
  expect_identical("logits identical: 100 images, 20 models");
}

TEST_F(Runtime, ADifferenceIsFound) {
  Random random(1);
  const QuantizedNetwork network = random_quantized_network(random);
  const auto image = random_image(random, network.description.input);
  auto logits = semantics::run(network, image);
  logits.back() += 1;
  interchange::save_onnx(network, {}, path("net.onnx"));
  write_expectation(path("net"), image, logits);
  const CommandResult result = run_command(
      fmt::format("node '{}' '{}' '{}'", COLCOMB_CHECK_LOGITS, COLCOMB_ONNX_RUNTIME, path("net")));
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find(fmt::format("image 0, class {}", logits.size() - 1)),
            std::string::npos)
      << result.output;
}

#ifdef COLCOMB_WITH_TORCH
TEST_F(Runtime, ATrainedNetworkOnAllOfFashionMnist) {
  const std::string data = " --dataset fashion-mnist";
  for (const std::string& step :
       {"train" + data +
            " --aug - --reshape-stride 2 --filters 16 32 --layers 2 2 --strides 1 2 --groups 4 8 "
            "--epochs 2 --sample-ratio 0.05 --batch-size 32 --lr 0.05 --save-path " +
            path("net.ckpt"),
        "quantize " + path("net.ckpt") + data + " --calibration-images 200 --out " +
            path("net.packed"),
        "export " + path("net.packed") + " --onnx " + path("net.onnx")}) {
    const CommandResult result = colcomb(step);
    ASSERT_EQ(result.status, 0) << result.output;
  }
  const QuantizedNetwork network = load_packed_network(path("net.packed"));
  const QuantizedLayer& combined = network.hidden.back();
  EXPECT_LT(combined.weights.groups.size(), combined.weights.columns / 2);
  const auto images = test_images("fashion-mnist", ".", network.description.input, 0);
  write_expectation(path("net"), images,
                    semantics::run_many(network, images, available_threads()).values());
  cases_ = std::string(1, '\'').append(path("net")).append(1, '\'');
  expect_identical("logits identical: 10000 images, 1 models");
}
#endif

}  // namespace
}  // namespace colcomb::tests
