// Runs by LibTorch's autograd and by backend: equal on every valid network, down to the epsilon
// of batch norm.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/training/runner.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::training {
namespace {

const std::vector<std::string> kBackends = {"autograd", "native"};

network::Cnn cnn_of(const FloatNetwork& network) {
  network::Cnn cnn(network.description, 1);
  cnn->from_artifact(network);
  return cnn;
}

dataset::Batch batch_of(const InputDescription& input, std::vector<std::uint8_t> pixels) {
  dataset::Batch batch;
  batch.count = pixels.size() / input.size();
  batch.channels = input.channels;
  batch.height = input.height;
  batch.width = input.width;
  batch.pixels = std::move(pixels);
  batch.labels.assign(batch.count, 0);
  return batch;
}

TEST(EveryNetwork, IsEvaluatedByBothRunners) {
  std::size_t smallest = 4;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    smallest = std::min(smallest, network.hidden.size());
    const auto image = tests::random_image(random, network.description.input);
    const quantization::RealNetwork real(network, {});
    const auto expected =
        real.run(image, quantization::RoundedLayers(network.layer_count(), false)).logits;
    for (const std::string& backend : kBackends) {
      const auto runner = make_runner(backend, cnn_of(network), torch::kCPU, 1);
      const auto logits = runner->infer(batch_of(network.description.input, image)).contiguous();
      ASSERT_EQ(logits.numel(), static_cast<std::int64_t>(expected.size()));
      for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(logits.data_ptr<float>()[k], expected[k] * kActivationScale, 2e-3) << backend;
    }
  }
  EXPECT_EQ(smallest, 1U);
}

// Layers that read several maps, in float and through the quantizer; those with activation tables
// by autograd alone.
TEST(EveryNetwork, WithBranchesIsEvaluatedByItsRunners) {
  std::size_t native = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(
        random, tests::random_branches(random, {.tables = seed % 2 == 0}));
    const auto image = tests::random_image(random, network.description.input);
    const quantization::RealNetwork real(network, {});
    const auto expected =
        real.run(image, quantization::RoundedLayers(network.layer_count(), false)).logits;
    const auto batch = batch_of(network.description.input, image);
    const quantization::QuantizeOptions options{tests::pooling_bits(network, 3)};
    const QuantizedNetwork integers = quantization::quantize(network, options);
    const auto whole = semantics::run(integers, image);
    for (const std::string& backend : kBackends) {
      SCOPED_TRACE(backend);
      if (backend == "native" && has_tables(network.description)) continue;
      native += backend == "native" && !is_chain(network.description) ? 1 : 0;
      const auto runner = make_runner(backend, cnn_of(network), torch::kCPU, 1);
      const auto logits = runner->infer(batch).contiguous();
      ASSERT_EQ(logits.numel(), static_cast<std::int64_t>(expected.size()));
      for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(logits.data_ptr<float>()[k], expected[k] * kActivationScale, 2e-3);
      const auto quantized =
          make_quantized_runner(backend, cnn_of(network), torch::kCPU, options, 1, nullptr)
              ->infer(batch)
              .contiguous();
      for (std::size_t k = 0; k < whole.size(); ++k)
        EXPECT_EQ(quantized.data_ptr<float>()[k],
                  static_cast<float>(whole[k] * logit_scale(integers)));
    }
  }
  EXPECT_GT(native, 5U);
}

/// One pixel that is normalized to p / 127.5 - 1, one filter `weight` with batch norm, whose output
/// is the logit.
FloatNetwork one_pixel_network(float weight, float norm_bias, float variance) {
  FloatNetwork network;
  network.description.input = {1, 1, 1, {0.5}, {0.5}, 1};
  network.description.classes = 1;
  LayerDescription hidden;
  hidden.name = "hidden";
  hidden.in_channels = hidden.out_channels = 1;
  hidden.columns = convolution_columns(1, 1);
  hidden.in_height = hidden.in_width = 1;
  network.description.hidden = {hidden};
  network.description.classifier = make_classifier(1, 1);
  network.hidden.resize(1);
  network.hidden[0].weights = Matrix<float>(1, 1, {weight});
  network.hidden[0].batch_norm = BatchNorm{{1}, {norm_bias}, {0}, {variance}};
  network.classifier.weights = Matrix<float>(1, 1, {1.0F});
  network.classifier.bias = {0};
  validate(network, "network");
  return network;
}

// The running variance is as large as epsilon: 0.01 / sqrt(1e-5 + 1e-5) = 2.23607. With an epsilon
// of 1e-4 it would be 0.95, with none 3.16.
TEST(BatchNormEpsilon, IsTheSameInEvaluation) {
  const FloatNetwork network = one_pixel_network(0.01F, 0, 1e-5F);
  for (const std::string& backend : kBackends) {
    const auto runner = make_runner(backend, cnn_of(network), torch::kCPU, 1);
    const auto logits = runner->infer(batch_of(network.description.input, {255}));
    EXPECT_NEAR(logits.item<float>(), 2.23607, 1e-4) << backend;
  }
  const std::vector<std::uint8_t> image = {255};
  const quantization::RealNetwork real(network, {});  // the folded network
  EXPECT_NEAR(real.run(image, {false, false}).logits[0] * kActivationScale, 2.23607, 1e-5);
}

// Products +-sqrt(2e-5) have the variance 2e-5 in the batch: they become +-sqrt(2 / 3) = 0.81650.
// The running variance moves by 0.1 from 1 to the unbiased 4e-5.
TEST(BatchNormEpsilon, IsTheSameInTraining) {
  const FloatNetwork network = one_pixel_network(0.00447214F, 1, 1);
  for (const std::string& backend : kBackends) {
    network::Cnn cnn = cnn_of(network);
    const auto runner = make_runner(backend, cnn, torch::kCPU, 1);
    const dataset::Batch batch = batch_of(network.description.input, {255, 0});
    const auto logits = runner->forward(batch, Random(1));
    EXPECT_NEAR(logits[0][0].item<float>(), 1.81650, 1e-4) << backend;
    EXPECT_NEAR(logits[1][0].item<float>(), 0.18350, 1e-4) << backend;
    EXPECT_NEAR(cnn->to_artifact().hidden[0].batch_norm->variance[0], 0.900004, 1e-6) << backend;
  }
}

}  // namespace
}  // namespace colcomb::training
