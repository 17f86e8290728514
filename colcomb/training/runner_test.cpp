#include "colcomb/training/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <thread>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/models/network_file.hpp"
#include "colcomb/quantization/steps.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/training/loss_sum.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/sgd.hpp"
#include "tests/support/branching_network.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/span_sum.hpp"

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

/// Depthwise layers, one of two filters a channel, others in groups, a shift layer among them.
const char* const kGrouped =
    "[[layer]]\nfilters = 16\n"
    "[[layer]]\nname = \"depthwise\"\nfilters = 16\nconv_groups = 16\nstride = 2\n"
    "[[layer]]\nfilters = 24\nkernel = 1\n"
    "[[layer]]\nname = \"doubled\"\nfilters = 48\nconv_groups = 24\n"
    "[[layer]]\nname = \"halves\"\nfilters = 24\nconv_groups = 2\n"
    "[[layer]]\nname = \"quarters\"\nkind = \"shift\"\nfilters = 24\nconv_groups = 4\nstride = 2\n"
    "[[layer]]\nname = \"added\"\nfilters = 24\nconv_groups = 24\nresidual = \"quarters\"\n";

network::Cnn small_network(const std::string& model) {
  models::PresetOptions options;
  options.name = model;
  options.alpha = 4;
  options.input.channels = 3;
  options.input.height = options.input.width = 16;
  options.input.mean = {0.5, 0.4, 0.3};
  options.input.std = {0.25, 0.25, 0.2};
  options.classes = 10;
  if (model == "grouped")
    return network::Cnn(models::describe(parse_layer_list(kGrouped, "n"), options, "n"), 7);
  if (model == "branching")
    return network::Cnn(tests::branching_network(options.input, options.classes), 7);
  options.width = 0.25;
  return network::Cnn(models::describe(options), 7);
}

/// Prunes all but one of `alpha` weights of every convolution, at random.
void prune(network::Cnn& network, std::size_t alpha) {
  Random random(11);
  for (network::Layer& layer : network->layers()) {
    if (layer->is_classifier()) continue;
    if (!layer->mask.defined()) layer->mask = torch::ones_like(layer->weight);
    float* const mask = layer->mask.data_ptr<float>();
    for (std::int64_t i = 0; i < layer->mask.numel(); ++i)
      mask[i] = random.below(alpha) == 0 ? mask[i] : 0.0F;
  }
}

/// The same images and labels, last first.
dataset::Batch reversed(const dataset::Batch& batch) {
  dataset::Batch result = batch;
  const std::size_t size = batch.pixels.size() / batch.count;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const std::size_t j = batch.count - 1 - i;
    for (std::size_t p = 0; p < size; ++p) result.pixels[j * size + p] = batch.pixels[i * size + p];
    result.labels[j] = batch.labels[i];
  }
  return result;
}

/// Losses of 50 steps of training, pruned after 20 of them.
std::vector<double> losses(const std::string& backend, const std::string& model,
                           bool last_first = false) {
  network::Cnn network = small_network(model);
  const auto runner = make_runner(backend, network, torch::kCPU, 2);
  Sgd sgd(network, {0.9, 1e-4});
  std::vector<double> result;
  for (std::uint64_t step = 0; step < 50; ++step) {
    if (step == 20) {
      prune(network, 4);
      runner->masks_changed();
    }
    auto batch = random_batch(network->description().input, 40, 10, step);
    if (last_first) batch = reversed(batch);
    const auto logits = runner->forward(batch, Random::stream(1, 2, step));
    const auto loss =
        torch::nn::functional::cross_entropy(logits, labels_of(batch.labels, torch::kCPU));
    runner->backward(loss);
    sgd.step(0.005, 1e-6);
    result.push_back(loss.item<double>());
  }
  return result;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

double logit_step_of(const FloatNetwork& network, const quantization::QuantizeOptions& options) {
  const auto quantized = quantization::quantize(network, options);
  return quantization::logit_step(quantized.classifier.fraction_bits,
                                  options.pooling_fraction_bits);
}

class RunnerTest : public testing::TestWithParam<const char*> {};

// Training magnifies rounding: autograd itself, given each batch in reverse order, which changes
// nothing but the order of sums, drifts away from itself. The native backend may drift as far, not
// farther.
TEST_P(RunnerTest, FiftyStepsFollowAutogradAsItFollowsItself) {
  const auto expected = losses("autograd", GetParam());
  const auto actual = losses("native", GetParam());
  const auto control = losses("autograd", GetParam(), true);
  EXPECT_NEAR(actual[0], expected[0], 1e-5);
  EXPECT_NEAR(actual[1], expected[1], 1e-4);
  EXPECT_LE(largest_difference(actual, expected), 5 * largest_difference(control, expected));
  EXPECT_LT(actual.back(), 0.95 * actual[20]);  // it learns
}

/// Losses of 50 steps on Fashion-MNIST, none of them pruned: prunings order weights by size, and
/// rounding may swap two.
std::vector<double> losses_on_real_images(const std::string& backend,
                                          const dataset::Dataset& images) {
  models::BlockNetworkOptions options;
  options.filters = {16, 32};
  options.layers = {2, 2};
  options.strides = {2, 2};
  options.groups = {1, 1};
  options.input.channels = 1;
  options.input.height = options.input.width = 28;
  options.input.mean = {0.286};
  options.input.std = {0.353};
  network::Cnn network(models::describe(options), 1);
  const auto runner = make_runner(backend, network, torch::kCPU, 2);
  Sgd sgd(network, {0.9, 1e-4});
  dataset::TransformOptions as_they_are;
  as_they_are.height = as_they_are.width = 28;
  dataset::LoaderOptions loading;
  loading.batch_size = 128;
  std::vector<std::size_t> first(50 * loading.batch_size);
  std::iota(first.begin(), first.end(), std::size_t{0});
  dataset::BatchLoader loader(images, first, as_they_are, loading);
  std::vector<double> result;
  while (const auto batch = loader.next()) {
    const auto loss = torch::nn::functional::cross_entropy(runner->forward(*batch, Random(1)),
                                                           labels_of(batch->labels, torch::kCPU));
    runner->backward(loss);
    sgd.step(0.01, 1e-7);
    result.push_back(loss.item<double>());
  }
  return result;
}

TEST(Runner, FiftyStepsOnRealImagesFollowAutograd) {
  const auto images = dataset::open_dataset("fashion-mnist", ".", dataset::Split::kTrain);
  const auto expected = losses_on_real_images("autograd", *images);
  const auto actual = losses_on_real_images("native", *images);
  ASSERT_EQ(expected.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(actual[i], expected[i], 1e-3) << "step " << i;
  EXPECT_LT(expected.back(), expected.front() - 0.1);  // it learns
}

/// Gives batch norms statistics that fit, so that no layer is dead in evaluation.
void settle(network::Cnn& network) {
  const torch::NoGradGuard no_grad;
  network->train();
  for (std::uint64_t step = 0; step < 30; ++step)
    (void)network->forward(
        images_of(random_batch(network->description().input, 40, 10, step), torch::kCPU));
}

/// All gradients of one batch, by parameter name.
std::map<std::string, torch::Tensor> gradients(
    const std::string& backend, const std::string& model, std::size_t alpha,
    const std::optional<quantization::QuantizeOptions>& rounding = {}) {
  network::Cnn network = small_network(model);
  if (alpha > 1) prune(network, alpha);
  if (rounding) settle(network);
  const auto runner = rounding ? make_quantized_runner(backend, network, torch::kCPU, *rounding, 2)
                               : make_runner(backend, network, torch::kCPU, 2);
  const auto batch = random_batch(network->description().input, 40, 10, 5);
  const auto logits = runner->forward(batch, Random::stream(1, 2, 3));
  runner->backward(
      torch::nn::functional::cross_entropy(logits, labels_of(batch.labels, torch::kCPU)));
  std::map<std::string, torch::Tensor> result;
  for (const auto& parameter : network->named_parameters())
    result[parameter.key()] = parameter.value().grad().clone();
  return result;
}

TEST_P(RunnerTest, GradientsFollowAutograd) {
  for (const std::size_t alpha : {1U, 2U, 4U}) {
    const auto expected = gradients("autograd", GetParam(), alpha);
    const auto actual = gradients("native", GetParam(), alpha);
    ASSERT_EQ(actual.size(), expected.size());
    for (const auto& [name, gradient] : expected) {
      const double size = gradient.norm().item<double>();
      const double error = (actual.at(name) - gradient).norm().item<double>();
      // A pixel at a kink of ReLU6 may fall on either side: in the small maps of pruned and grouped
      // networks one weighs a percent. (Whole numbers have no such pixel: see the quantized
      // gradients below.)
      const bool sparse = alpha > 1 || std::string("grouped") == GetParam();
      const double tolerance = sparse ? 3e-2 : 1e-3;
      EXPECT_LE(error, tolerance * size + 1e-5)
          << name << " alpha " << alpha << " of size " << size;
    }
  }
}

TEST_P(RunnerTest, EvaluationFollowsAutograd) {
  network::Cnn network = small_network(GetParam());
  prune(network, 2);
  const auto native = make_runner("native", network, torch::kCPU, 2);
  const auto autograd = make_runner("autograd", network, torch::kCPU, 2);
  const auto batch = random_batch(network->description().input, 21, 10, 1);
  EXPECT_TRUE(torch::allclose(native->infer(batch), autograd->infer(batch), 1e-4, 1e-4));
}

TEST_P(RunnerTest, QuantizedLogitsAreTheIntegerNetworks) {
  for (const quantization::QuantizeOptions options :
       {quantization::QuantizeOptions{2}, quantization::QuantizeOptions{1, WeightCode::kPowerOfTwo},
        quantization::QuantizeOptions{2, WeightCode::kInt8, WeightScales::kChannel}}) {
    network::Cnn network = small_network(GetParam());
    prune(network, 2);
    settle(network);
    const auto before = network->to_artifact();
    const auto batch = random_batch(network->description().input, 21, 10, 1);
    const auto integers =
        semantics::run_many(quantization::quantize(before, options), batch.pixels, 2);
    const double step = logit_step_of(before, options);
    for (const char* backend : {"autograd", "native"}) {
      const auto runner = make_quantized_runner(backend, network, torch::kCPU, options, 2);
      const auto inferred = runner->infer(batch);
      const auto logits = runner->forward(batch, Random(1)).detach();
      for (std::int64_t b = 0; b < logits.size(0); ++b) {
        for (std::int64_t k = 0; k < logits.size(1); ++k) {
          const auto expected = integers(static_cast<std::size_t>(b), static_cast<std::size_t>(k));
          EXPECT_EQ(std::llround(inferred[b][k].item<double>() / step), expected)
              << backend << " image " << b << " class " << k;
          EXPECT_EQ(logits[b][k].item<float>(), inferred[b][k].item<float>());
        }
      }
      EXPECT_TRUE(network->to_artifact() == before) << backend;  // statistics too
    }
  }
}

TEST_P(RunnerTest, QuantizedGradientsFollowAutograd) {
  for (const std::size_t alpha : {1U, 4U}) {
    const quantization::QuantizeOptions options{2};
    const auto expected = gradients("autograd", GetParam(), alpha, options);
    const auto actual = gradients("native", GetParam(), alpha, options);
    const auto plain = gradients("native", GetParam(), alpha);
    for (const auto& [name, gradient] : expected) {
      const double size = gradient.norm().item<double>();
      EXPECT_LE((actual.at(name) - gradient).norm().item<double>(), 1e-4 * size) << name;
      EXPECT_GT((plain.at(name) - gradient).norm().item<double>(), 1e-2 * size) << name;
    }
  }
}

/// Images [begin, end) of a batch, as one worker has them.
dataset::Batch share(const dataset::Batch& batch, std::size_t begin, std::size_t end) {
  dataset::Batch result = batch;
  const auto image = static_cast<std::ptrdiff_t>(batch.pixels.size() / batch.count);
  const auto first = static_cast<std::ptrdiff_t>(begin), last = static_cast<std::ptrdiff_t>(end);
  result.pixels.assign(batch.pixels.begin() + first * image, batch.pixels.begin() + last * image);
  result.labels.assign(batch.labels.begin() + first, batch.labels.begin() + last);
  result.count = end - begin;
  result.before = begin;
  result.after = batch.count - end;
  return result;
}

/// Leaves the gradients of the share's part of the batch's mean loss; returns running statistics.
std::vector<torch::Tensor> run_share(network::Cnn network, const std::string& backend,
                                     const dataset::Batch& batch, network::AllReduce sum) {
  const auto runner = make_runner(backend, network, torch::kCPU, 1, std::move(sum));
  const auto logits = runner->forward(batch, Random::stream(1, 2, 3));
  const auto total = torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum);
  runner->backward(
      torch::nn::functional::cross_entropy(logits, labels_of(batch.labels, torch::kCPU), total) /
      static_cast<double>(batch.whole_count()));
  std::vector<torch::Tensor> statistics;
  for (const network::Layer& layer : network->layers()) {
    if (!layer->norm_mean.defined()) continue;
    statistics.push_back(layer->norm_mean);
    statistics.push_back(layer->norm_variance);
  }
  return statistics;
}

// The oracle is LibTorch's own batch norm over the whole batch. Also with an empty share.
TEST_P(RunnerTest, ShardsOfABatchAddUpToTheWhole) {
  network::Cnn whole = small_network(GetParam());
  const auto batch = random_batch(whole->description().input, 21, 10, 5);
  const auto statistics = run_share(whole, "autograd", batch, nullptr);
  for (const std::string backend : {"autograd", "native"}) {
    for (const std::size_t cut : {std::size_t{8}, batch.count}) {
      network::Cnn first = small_network(GetParam()), second = small_network(GetParam());
      tests::SpanSum sum(2);
      std::vector<torch::Tensor> found, others;
      std::thread other([&] {
        others = run_share(second, backend, share(batch, cut, batch.count), sum.of_thread(1));
      });
      found = run_share(first, backend, share(batch, 0, cut), sum.of_thread(0));
      other.join();
      const std::string where = backend + ", cut at " + std::to_string(cut);
      ASSERT_EQ(found.size(), statistics.size());
      for (std::size_t i = 0; i < statistics.size(); ++i) {
        EXPECT_TRUE(torch::allclose(found[i], statistics[i], 1e-3, 1e-5)) << where;
        EXPECT_TRUE(torch::equal(found[i], others[i])) << where;
      }
      const auto parts = first->named_parameters(), rest = second->named_parameters();
      for (const auto& parameter : whole->named_parameters()) {
        const auto& gradient = parameter.value().grad();
        auto added = parts[parameter.key()].grad().clone();
        if (rest[parameter.key()].grad().defined()) added += rest[parameter.key()].grad();
        EXPECT_LE((added - gradient).norm().item<double>(),
                  1e-3 * gradient.norm().item<double>() + 1e-5)
            << parameter.key() << ", " << where;
      }
    }
  }
}

// Each share's dropout is the one its images have in the whole batch.
TEST(Runner, ShardsDrawTheWholeBatchsDropout) {
  NetworkDescription description = small_network("vgg16-shift")->description();
  description.dropout = 0.5;
  const auto batch = random_batch(description.input, 12, 10, 5);
  for (const std::string backend : {"autograd", "native"}) {
    // Batch norm gives 1 whatever its statistics: shards differ from the whole batch in dropout
    // alone.
    const auto logits = [&](const dataset::Batch& part) {
      network::Cnn network(description, 7);
      const torch::NoGradGuard no_grad;
      for (network::Layer& layer : network->layers()) {
        if (layer->norm_weight.defined()) layer->norm_weight.zero_();
        if (layer->norm_bias.defined()) layer->norm_bias.fill_(1);
      }
      const auto runner = make_runner(backend, network, torch::kCPU, 1);
      return runner->forward(part, Random::stream(1, 2, 3)).detach().clone();
    };
    const auto whole = logits(batch);
    EXPECT_FALSE(torch::equal(whole[0], whole[11])) << backend;
    // But for the order of sums, which depends on the number of images.
    const auto difference = [&](std::size_t begin, std::size_t end) {
      const auto part =
          whole.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin));
      return (logits(share(batch, begin, end)) - part).abs().max().item<double>();
    };
    EXPECT_LT(difference(0, 5), 1e-5) << backend;
    EXPECT_LT(difference(5, 12), 1e-5) << backend;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, RunnerTest,
                         testing::Values("resnet20-shift", "vgg16-shift", "resnet20", "branching",
                                         "grouped"));

TEST(Runner, NativeBackendNeedsTheCpu) {
  const NetworkDescription chain;
  EXPECT_EQ(resolve_backend("auto", torch::kCPU, chain), "native");
  EXPECT_EQ(resolve_backend("auto", torch::kCUDA, chain), "autograd");
  EXPECT_THROW((void)resolve_backend("native", torch::kCUDA, chain), UserError);
}

TEST(Runner, NativeBackendTakesBranchesButNoTables) {
  NetworkDescription network;
  for (std::uint64_t seed = 1; is_chain(network); ++seed) {
    Random random(seed);
    network = tests::random_branches(random, {.tables = false});
  }
  EXPECT_EQ(resolve_backend("auto", torch::kCPU, network), "native");
  network.hidden.back().zero = 1;
  EXPECT_EQ(resolve_backend("auto", torch::kCPU, network), "autograd");
  EXPECT_THROW((void)resolve_backend("native", torch::kCPU, network), UserError);
}

class PrecisionTest : public testing::TestWithParam<const char*> {};

TEST_P(PrecisionTest, Bf16RoundsTrainingsProductsAndNothingElse) {
  const network::Cnn network = small_network("resnet20-shift");
  const auto batch = random_batch(network->description().input, 8, 10, 21);
  const auto plain = make_runner(GetParam(), network, torch::kCPU, 1);
  const auto rounded =
      make_runner(GetParam(), network, torch::kCPU, 1, nullptr, {Precision::kBf16, nullptr});
  const auto labels = labels_of(batch.labels, torch::kCPU);
  const auto gradient = [&](Runner& runner) {
    const auto logits = runner.forward(batch, Random(3));
    EXPECT_EQ(logits.scalar_type(), torch::kFloat);
    runner.backward(torch::nn::functional::cross_entropy(logits, labels));
    auto& weight = network->layers().back()->weight;
    const auto result = weight.grad().clone();
    for (auto& parameter : network->parameters()) {
      EXPECT_EQ(parameter.grad().scalar_type(), torch::kFloat);
      parameter.mutable_grad().reset();
    }
    return std::pair(logits.detach(), result);
  };
  const auto [logits, grad] = gradient(*plain);
  const auto [rounded_logits, rounded_grad] = gradient(*rounded);
  const double size = logits.abs().max().item<double>();
  const double error = (logits - rounded_logits).abs().max().item<double>();
  EXPECT_GT(error, 0);
  EXPECT_LT(error, 0.1 * size);  // some 20 layers of roundings by 2^-9
  EXPECT_LT((grad - rounded_grad).norm().item<double>(), 0.2 * grad.norm().item<double>());
  // Outside, and in evaluation, nothing is cast.
  EXPECT_TRUE(torch::equal(plain->infer(batch), rounded->infer(batch)));
  EXPECT_EQ(torch::matmul(torch::ones({2, 2}), torch::ones({2, 2})).scalar_type(), torch::kFloat);
}

INSTANTIATE_TEST_SUITE_P(Ways, PrecisionTest, testing::Values("autograd", "native"));

TEST(Precision, UnknownOnesAreRefused) {
  EXPECT_THROW((void)parse_precision("fp16"), UserError);
}

TEST(LossSum, OnTheDeviceEqualsTheHosts) {
  LossSum host(torch::kCPU, true);
  LossSum device(torch::kCPU, false);
  EXPECT_TRUE(host.at_hand());
  EXPECT_FALSE(device.at_hand());
  double sum = 0;
  for (const auto& [loss, images] : {std::pair(2.5F, 64), std::pair(0.1F, 64), std::pair(7.F, 3)}) {
    sum += static_cast<double>(loss) * images;
    host.add(torch::tensor(loss), static_cast<std::size_t>(images));
    device.add(torch::tensor(loss), static_cast<std::size_t>(images));
  }
  EXPECT_EQ(host.images(), 131U);
  EXPECT_DOUBLE_EQ(host.mean(), sum / 131);
  EXPECT_DOUBLE_EQ(device.mean(), sum / 131);
  device.add(torch::tensor(std::nanf("")), 1);
  device.add(torch::tensor(1.F), 1);
  EXPECT_FALSE(std::isfinite(device.mean()));
}

}  // namespace
}  // namespace colcomb::training
