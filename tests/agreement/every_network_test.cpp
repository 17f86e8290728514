// What `validate` accepts runs everywhere, the smallest networks included, and all ways give the
// same numbers. (LibTorch's way: training/every_network_test.cpp.)
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/quantization/check.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/integer_implementations.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::tests {
namespace {

constexpr std::uint64_t kSeeds = kSanitized ? 16 : 40;

/// The arrays that backprop::Pass reads and writes, of one layer.
struct LayerArrays {
  explicit LayerArrays(const FloatLayer& layer)
      : weights(layer.weights.values().begin(), layer.weights.values().end()),
        mask(layer.mask.values().begin(), layer.mask.values().end()),
        bias(layer.bias),
        norm(layer.batch_norm.value_or(BatchNorm{})) {}

  backprop::LayerParameters numbers() {
    return {weights.data(),   norm.weight.data(),   norm.bias.data(),
            norm.mean.data(), norm.variance.data(), bias.data()};
  }

  std::vector<float> weights, mask, bias;
  BatchNorm norm;
};

std::vector<std::uint8_t> random_images(Random& random, const InputDescription& input,
                                        std::size_t count) {
  std::vector<std::uint8_t> images;
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = random_image(random, input);
    images.insert(images.end(), image.begin(), image.end());
  }
  return images;
}

/// Evaluation by backprop and by doubles; then a training step, whose gradients must be finite.
void expect_float_runs(const FloatNetwork& network, std::span<const std::uint8_t> images,
                       std::size_t count) {
  const NetworkDescription& description = network.description;
  std::vector<LayerArrays> arrays;
  backprop::Pass pass(description, {1, ""});
  for (const FloatLayer& layer : network.all()) arrays.emplace_back(layer);
  std::vector<backprop::LayerParameters> numbers;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    numbers.push_back(arrays[i].numbers());
    pass.set_mask(i, arrays[i].mask);
  }
  const auto inferred = pass.infer(images, count, numbers);
  const quantization::RealNetwork real(network, {});
  const std::size_t size = description.input.size();
  for (std::size_t b = 0; b < count; ++b) {
    const auto trace = real.run(images.subspan(b * size, size),
                                quantization::RoundedLayers(network.layer_count(), false));
    for (std::size_t k = 0; k < description.classes; ++k)
      EXPECT_NEAR(inferred[b * description.classes + k], trace.logits[k] * kActivationScale, 2e-3);
  }
  std::vector<LayerArrays> gradients = arrays;
  std::vector<backprop::LayerGradients> targets;
  for (LayerArrays& layer : gradients) {
    targets.push_back({layer.weights.data(), layer.norm.weight.data(), layer.norm.bias.data(),
                       layer.bias.data()});
  }
  static_cast<void>(pass.forward(images, count, numbers));
  pass.backward(std::vector<float>(count * description.classes, 1.0F), targets);
  // The bias of a logit adds to it alone, once per image.
  for (const float gradient : gradients.back().bias) EXPECT_EQ(gradient, static_cast<float>(count));
  for (const LayerArrays& layer : gradients) {
    for (const float gradient : layer.weights) EXPECT_TRUE(std::isfinite(gradient));
  }
}

/// The integer network, the CPU engine and, on arrays, both simulators; across layers only if the
/// network is a chain.
void expect_integers_run(const QuantizedNetwork& network, std::span<const std::uint8_t> images,
                         std::size_t count, Random& random) {
  EXPECT_EQ(integer_difference(network, images, count, random), "");
  if (is_chain(network.description)) return;
  ArrayConfig cross_layer = random_array(random, network);
  cross_layer.cross_layer = true;
  cross_layer.batch = 1;
  EXPECT_THROW(static_cast<void>(simulation::simulate_fast(network, cross_layer, images, 1)),
               UserError);
}

TEST(EveryNetwork, RunsEverywhere) {
  std::set<std::size_t> depths;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FloatNetwork network = random_float_network(random);
    ASSERT_NO_THROW(validate(network, "network"));
    depths.insert(network.hidden.size());
    constexpr std::size_t kImages = 2;
    const auto images = random_images(random, network.description.input, kImages);
    expect_float_runs(network, images, kImages);
    const QuantizedNetwork quantized = quantization::quantize(network, {pooling_bits(network, 2)});
    ASSERT_NO_THROW(validate(quantized, "network"));
    expect_integers_run(quantized, images, kImages, random);
    if (HasFailure()) return;
  }
  EXPECT_EQ(depths, (std::set<std::size_t>{1, 2, 3, 4}));
}

/// Layers that read any earlier ones, several at a time. (The native backend takes ReLU6 alone.)
TEST(EveryNetwork, WithBranchesRunsEverywhere) {
  std::size_t several = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FloatNetwork network =
        random_float_network(random, random_branches(random, {.tables = seed % 2 == 0}));
    ASSERT_NO_THROW(validate(network, "network"));
    for (const LayerDescription& layer : network.description.hidden)
      several += layer.more_inputs.empty() ? 0U : 1U;
    constexpr std::size_t kImages = 2;
    const auto images = random_images(random, network.description.input, kImages);
    if (!has_tables(network.description)) expect_float_runs(network, images, kImages);
    const QuantizedNetwork quantized = quantization::quantize(network, {pooling_bits(network, 2)});
    ASSERT_NO_THROW(validate(quantized, "network"));
    expect_integers_run(quantized, images, kImages, random);
    if (HasFailure()) return;
  }
  EXPECT_GT(several, kSeeds / 2);
}

/// Chains with activation tables and zeros. (The native backend takes ReLU6 alone.)
TEST(EveryNetwork, WithTablesRunsEverywhere) {
  std::size_t tables = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FloatNetwork network = random_float_network(
        random, random_description(random, {.tables = true, .row_tables = true}));
    ASSERT_NO_THROW(validate(network, "network"));
    for (const LayerDescription& layer : network.description.hidden)
      tables += layer.activation ? 1U : 0U;
    if (has_tables(network.description)) {
      EXPECT_THROW(backprop::Pass(network.description, {1, ""}), UserError);
    }
    constexpr std::size_t kImages = 2;
    const auto images = random_images(random, network.description.input, kImages);
    const quantization::QuantizeOptions options{pooling_bits(network, 2)};
    const QuantizedNetwork quantized = quantization::quantize(network, options);
    ASSERT_NO_THROW(validate(quantized, "network"));
    // Compares every byte of the integer network with the fake-quantized one's.
    EXPECT_NO_THROW(static_cast<void>(
        quantization::check_quantization(network, quantized, options, images, 1)));
    expect_integers_run(quantized, images, kImages, random);
    if (HasFailure()) return;
  }
  EXPECT_GT(tables, kSeeds / 2);
}

/// Scales for each row, in chains and in networks with branches and tables.
TEST(EveryNetwork, WithRowExponentsRunsEverywhere) {
  std::size_t with = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const NetworkLimits limits{.tables = seed % 3 == 0};
    FloatNetwork network =
        random_float_network(random, seed % 2 == 0 ? random_branches(random, limits)
                                                   : random_description(random, limits));
    for (FloatLayer& layer : network.hidden) {
      for (std::size_t n = 1; n < layer.weights.rows(); n += 2) {
        for (float& weight : layer.weights.row(n)) weight /= static_cast<float>(3 * n);
      }
    }
    constexpr std::size_t kImages = 2;
    const auto images = random_images(random, network.description.input, kImages);
    const quantization::QuantizeOptions options{pooling_bits(network, 2), WeightCode::kInt8,
                                                WeightScales::kChannel};
    const QuantizedNetwork quantized = quantization::quantize(network, options);
    ASSERT_NO_THROW(validate(quantized, "network"));
    with += has_row_exponents(quantized) ? 1U : 0U;
    EXPECT_NO_THROW(static_cast<void>(
        quantization::check_quantization(network, quantized, options, images, 1)));
    expect_integers_run(quantized, images, kImages, random);
    if (HasFailure()) return;
  }
  EXPECT_GT(with, kSeeds / 2);
}

/// One pixel, one filter, one class: nothing can be smaller.
TEST(EveryNetwork, TheSmallestOneRunsEverywhere) {
  FloatNetwork network;
  network.description.input = {1, 1, 1, {0.5}, {0.25}, 1};
  network.description.classes = 1;
  LayerDescription hidden;
  hidden.name = "hidden";
  hidden.in_channels = hidden.out_channels = 1;
  hidden.columns = convolution_columns(1, 1);
  hidden.in_height = hidden.in_width = 1;
  hidden.batch_norm = false;
  network.description.hidden = {hidden};
  network.description.classifier = make_classifier(1, 1);
  network.hidden.resize(1);
  network.hidden[0].weights = Matrix<float>(1, 1, 1.5F);
  network.hidden[0].bias = {0.5F};
  network.classifier.weights = Matrix<float>(1, 1, 2.0F);
  network.classifier.bias = {-1.0F};
  ASSERT_NO_THROW(validate(network, "network"));
  const std::vector<std::uint8_t> images = {255, 0};
  expect_float_runs(network, images, 2);
  // (1 - 0.5) / 0.25 * 1.5 + 0.5 = 3.5, times 2, less 1; and 0 before the classifier for pixel 0.
  const auto trace = quantization::RealNetwork(network, {}).run({images.data(), 1}, {false, false});
  EXPECT_NEAR(trace.logits[0] * kActivationScale, 6, 1e-12);
  Random random(1);
  expect_integers_run(quantization::quantize(network), images, 2, random);
}

}  // namespace
}  // namespace colcomb::tests
