#include "colcomb/network/fake_quantized.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/network/table_activation.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"

namespace colcomb::network {
namespace {

struct Case {
  models::BlockLayerType type;
  std::size_t reshape;
  std::size_t side;
  bool residual;
};

class FakeQuantizedCases : public testing::TestWithParam<Case> {};

torch::Tensor random_images(std::int64_t count, std::int64_t channels, std::int64_t side) {
  Random random(21);
  auto images = torch::empty({count, channels, side, side}, torch::kUInt8);
  for (std::int64_t i = 0; i < images.numel(); ++i) {
    images.data_ptr<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
  }
  return images;
}

/// A network whose batch-norm statistics fit its activations, so that no layer is dead.
FloatNetwork settled_network(const Case& c, const torch::Tensor& images) {
  models::BlockNetworkOptions options;
  options.layer_type = c.type;
  options.filters = {6, 10};
  options.layers = {2, 2};
  options.strides = {1, 2};
  options.groups = {2, 4};
  options.classes = 4;
  options.input = {3, c.side, c.side, {.49, .48, .45}, {.25, .24, .26}, c.reshape};
  NetworkDescription description = models::describe(options);
  if (c.residual) description.layer(2).residual = 1;
  Cnn network(std::move(description), 3);
  network->train();
  const torch::NoGradGuard no_grad;
  for (int i = 0; i < 30; ++i) (void)network->forward(images);
  return network->to_artifact();
}

TEST_P(FakeQuantizedCases, LogitsEqualTheIntegerNetworks) {
  const Case c = GetParam();
  const auto images = random_images(6, 3, static_cast<std::int64_t>(c.side));
  const FloatNetwork network = settled_network(c, images);
  for (const quantization::QuantizeOptions options :
       {quantization::QuantizeOptions{0}, quantization::QuantizeOptions{2},
        quantization::QuantizeOptions{1, WeightCode::kPowerOfTwo},
        quantization::QuantizeOptions{3, WeightCode::kInt8, WeightScales::kChannel}}) {
    const auto fake = FakeQuantized(network, options).forward(images);
    const QuantizedNetwork integers = quantization::quantize(network, options);
    const std::span<const std::uint8_t> pixels(images.data_ptr<std::uint8_t>(),
                                               static_cast<std::size_t>(images.numel()));
    const auto expected = semantics::run_many(integers, pixels, 1);
    std::int32_t largest = 0;
    for (std::size_t b = 0; b < expected.rows(); ++b) {
      for (std::size_t k = 0; k < expected.cols(); ++k) {
        largest = std::max(largest, std::abs(expected(b, k)));
        EXPECT_EQ(fake[static_cast<std::int64_t>(b)][static_cast<std::int64_t>(k)].item<double>(),
                  expected(b, k))
            << "image " << b << " class " << k << " pool bits " << options.pooling_fraction_bits;
      }
    }
    EXPECT_GT(largest, 0);
  }
}

TEST(TableActivation, GradientIsTheSlopeOfItsLine) {
  ActivationTable table{"Test", {}};
  for (std::size_t p = 0; p < kTableEntries; ++p)
    table.values.push_back(p < 100 ? 0.5F * static_cast<float>(p) - 10
                                   : 40 + 2 * (static_cast<float>(p) - 100));
  const auto x = torch::tensor({-3.0, 15.25, 20.0, 50.5, 99.5, 150.0, 199.75, 250.0, 300.0})
                     .set_requires_grad(true);
  const auto y = on_lines(table, x, 255);
  y.sum().backward();
  // Below 0, and below the value 0, a clamp holds; so above the value 255, and above the entry 255.
  const std::vector<double> values = {0, 0, 0, 15.25, 39.75, 140, 239.5, 255, 255};
  const std::vector<double> slopes = {0, 0, 0.5, 0.5, 0.5, 2, 2, 0, 0};
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    EXPECT_NEAR(y[i].item<double>(), values[static_cast<std::size_t>(i)], 1e-5) << i;
    EXPECT_EQ(x.grad()[i].item<double>(), slopes[static_cast<std::size_t>(i)]) << i;
  }
  const auto bytes = torch::tensor({0.0, 21.0, 199.0, 255.0});
  const auto found = looked_up(table, bytes);  // -10, 0.5, 238, 350
  EXPECT_TRUE(torch::equal(found, torch::tensor({0.0F, 1.0F, 238.0F, 255.0F})));
}

INSTANTIATE_TEST_SUITE_P(Networks, FakeQuantizedCases,
                         testing::Values(Case{models::BlockLayerType::kShift, 1, 8, false},
                                         Case{models::BlockLayerType::kShift, 2, 10, true},
                                         Case{models::BlockLayerType::kShift, 1, 7, true},
                                         Case{models::BlockLayerType::kVgg, 1, 8, true},
                                         Case{models::BlockLayerType::kVgg, 2, 6, false}));

}  // namespace
}  // namespace colcomb::network
