#include "colcomb/network/fake_quantized.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/network/cnn.hpp"
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
        quantization::QuantizeOptions{1, WeightCode::kPowerOfTwo}}) {
    const auto fake =
        FakeQuantized(network, options.pooling_fraction_bits, options.weights).forward(images);
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

INSTANTIATE_TEST_SUITE_P(Networks, FakeQuantizedCases,
                         testing::Values(Case{models::BlockLayerType::kShift, 1, 8, false},
                                         Case{models::BlockLayerType::kShift, 2, 10, true},
                                         Case{models::BlockLayerType::kShift, 1, 7, true},
                                         Case{models::BlockLayerType::kVgg, 1, 8, true},
                                         Case{models::BlockLayerType::kVgg, 2, 6, false}));

}  // namespace
}  // namespace colcomb::network
