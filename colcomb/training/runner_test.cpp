#include "colcomb/training/runner.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "colcomb/network/presets.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/sgd.hpp"

namespace colcomb::training {
namespace {

dataset::Batch random_batch(const InputDescription& input, std::size_t count, std::size_t classes,
                            std::uint64_t seed) {
  Random random(seed);
  dataset::Batch batch;
  batch.count = count;
  batch.channels = input.channels;
  batch.height = input.height;
  batch.width = input.width;
  batch.labels.resize(count);
  batch.pixels.resize(count * input.channels * input.height * input.width);
  for (auto& pixel : batch.pixels) pixel = static_cast<std::uint8_t>(random.below(256));
  for (std::size_t i = 0; i < count; ++i) {
    // Something to learn: the label shows in the brightness.
    const auto label = static_cast<std::int32_t>(random.below(classes));
    batch.labels[i] = label;
    for (std::size_t p = 0; p < batch.pixels.size() / count; ++p) {
      auto& pixel = batch.pixels[i * (batch.pixels.size() / count) + p];
      pixel = static_cast<std::uint8_t>(pixel / 4 + 16 * label);
    }
  }
  return batch;
}

network::Cnn small_network(const std::string& model) {
  network::PresetOptions options;
  options.name = model;
  options.width = 0.25;
  options.alpha = 4;
  options.input.channels = 3;
  options.input.height = options.input.width = 16;
  options.input.mean = {0.5, 0.4, 0.3};
  options.input.std = {0.25, 0.25, 0.2};
  options.classes = 10;
  return network::Cnn(network::describe(options), 7);
}

/// Prunes all but one of `alpha` weights of every convolution, at random.
void prune(network::Cnn& network, std::size_t alpha) {
  Random random(11);
  for (network::Layer& layer : network->layers()) {
    if (layer->is_linear()) continue;
    layer->mask = torch::ones_like(layer->weight);
    float* const mask = layer->mask.data_ptr<float>();
    for (std::int64_t i = 0; i < layer->mask.numel(); ++i)
      mask[i] = random.below(alpha) == 0 ? 1.0F : 0.0F;
  }
}

/// Losses of 50 steps of training, pruned after 20 of them.
std::vector<double> losses(const std::string& backprop, const std::string& model) {
  network::Cnn network = small_network(model);
  const auto runner = make_runner(backprop, network, torch::kCPU, 2);
  Sgd sgd(network, {0.9, 1e-4});
  std::vector<double> result;
  for (std::uint64_t step = 0; step < 50; ++step) {
    if (step == 20) {
      prune(network, 4);
      runner->masks_changed();
    }
    const auto batch = random_batch(network->description().input, 40, 10, step);
    const auto logits = runner->forward(batch, Random::stream(1, 2, step));
    const auto loss = torch::nn::functional::cross_entropy(logits, labels_of(batch, torch::kCPU));
    runner->backward(loss);
    sgd.step(0.02, 1e-6);
    result.push_back(loss.item<double>());
  }
  return result;
}

class RunnerTest : public testing::TestWithParam<const char*> {};

TEST_P(RunnerTest, FiftyStepsFollowAutograd) {
  const auto expected = losses("autograd", GetParam());
  const auto actual = losses("lanes", GetParam());
  for (std::size_t step = 0; step < expected.size(); ++step)
    EXPECT_NEAR(actual[step], expected[step], 0.02 * (1 + expected[step])) << "step " << step;
  EXPECT_NEAR(actual[0], expected[0], 1e-4);
  EXPECT_NEAR(actual[5], expected[5], 1e-3);
  EXPECT_LT(actual.back(), 0.7 * actual.front());
}

TEST_P(RunnerTest, EvaluationFollowsAutograd) {
  network::Cnn network = small_network(GetParam());
  prune(network, 2);
  const auto lanes = make_runner("lanes", network, torch::kCPU, 2);
  const auto autograd = make_runner("autograd", network, torch::kCPU, 2);
  const auto batch = random_batch(network->description().input, 21, 10, 1);
  EXPECT_TRUE(torch::allclose(lanes->infer(batch), autograd->infer(batch), 1e-4, 1e-4));
}

INSTANTIATE_TEST_SUITE_P(Models, RunnerTest,
                         testing::Values("resnet20-shift", "vgg16-shift", "resnet20"));

TEST(Runner, LanesNeedTheCpu) {
  EXPECT_EQ(resolve_backprop("auto", torch::kCPU), "lanes");
  EXPECT_EQ(resolve_backprop("auto", torch::kCUDA), "autograd");
  EXPECT_THROW((void)resolve_backprop("lanes", torch::kCUDA), UserError);
}

}  // namespace
}  // namespace colcomb::training
