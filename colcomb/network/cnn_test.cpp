#include "colcomb/network/cnn.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"
#include "colcomb/models/block_network.hpp"

namespace colcomb::network {
namespace {

NetworkDescription description(models::BlockLayerType type) {
  models::BlockNetworkOptions options;
  options.layer_type = type;
  options.filters = {4, 6};
  options.layers = {2, 1};
  options.strides = {1, 2};
  options.groups = {2, 3};
  options.classes = 3;
  options.input = {2, 8, 8, {.4, .6}, {.2, .3}, 2};
  NetworkDescription network = models::describe(options);
  network.layer(2).residual = 0;  // block1.layer2 adds conv0's output
  return network;
}

torch::Tensor images(std::int64_t count) {
  Random random(9);
  auto tensor = torch::empty({count, 2, 8, 8}, torch::kUInt8);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.data_ptr<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
  }
  return tensor;
}

/// Forward pass of one image by plain loops in double: input scaling, checkerboard reshape, filter
/// matrix with column descriptors, batch norm, residual addition, ReLU6, pooling.
std::vector<double> naive_logits(const FloatNetwork& network, const std::uint8_t* image) {
  const InputDescription& in = network.description.input;
  const std::size_t s = in.reshape_stride;
  std::vector<std::vector<double>> outputs;
  std::vector<double> x(in.channels * in.height * in.width);
  for (std::size_t c = 0; c < in.channels; ++c) {
    for (std::size_t y = 0; y < in.height; ++y) {
      for (std::size_t col = 0; col < in.width; ++col) {
        const double pixel = image[(c * in.height + y) * in.width + col];
        const std::size_t channel = (c * s + y % s) * s + col % s;
        x[(channel * (in.height / s) + y / s) * (in.width / s) + col / s] =
            (pixel / 255 - in.mean[c]) / in.std[c];
      }
    }
  }
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.description.layer(i);
    const FloatLayer& numbers = network.layer(i);
    if (network.is_classifier(i)) {
      const std::size_t pixels = x.size() / layer.in_channels;
      std::vector<double> pooled(layer.in_channels, 0);
      for (std::size_t k = 0; k < x.size(); ++k)
        pooled[k / pixels] += x[k] / static_cast<double>(pixels);
      x = pooled;
    }
    std::vector<double> y;
    for (std::size_t n = 0; n < layer.out_channels; ++n) {
      for (std::size_t oy = 0; oy < layer.out_height(); ++oy) {
        for (std::size_t ox = 0; ox < layer.out_width(); ++ox) {
          double acc = numbers.bias.empty() ? 0 : numbers.bias[n];
          for (std::size_t m = 0; m < layer.columns.size(); ++m) {
            const Column column = layer.columns[m];
            const auto sy = static_cast<std::int64_t>(oy * layer.stride) + column.dy;
            const auto sx = static_cast<std::int64_t>(ox * layer.stride) + column.dx;
            if (sy < 0 || sx < 0 || sy >= static_cast<std::int64_t>(layer.in_height) ||
                sx >= static_cast<std::int64_t>(layer.in_width)) {
              continue;
            }
            if (!numbers.mask.empty() && numbers.mask(n, m) == 0) continue;
            acc += numbers.weights(n, m) *
                   x[(static_cast<std::size_t>(column.channel) * layer.in_height +
                      static_cast<std::size_t>(sy)) *
                         layer.in_width +
                     static_cast<std::size_t>(sx)];
          }
          if (numbers.batch_norm) {
            const BatchNorm& bn = *numbers.batch_norm;
            acc = (acc - bn.mean[n]) / std::sqrt(bn.variance[n] + 1e-5) * bn.weight[n] + bn.bias[n];
            if (layer.residual) acc += outputs[*layer.residual][y.size()];
            acc = std::min(6.0, std::max(0.0, acc));
          }
          y.push_back(acc);
        }
      }
    }
    outputs.push_back(y);
    x = y;
  }
  return x;
}

class CnnTypes : public testing::TestWithParam<models::BlockLayerType> {};

TEST_P(CnnTypes, ForwardEqualsPlainLoops) {
  Cnn network(description(GetParam()), 11);
  const auto batch = images(3);
  network->train();
  for (int i = 0; i < 4; ++i) (void)network->forward(batch);  // moves the running statistics
  network->eval();
  auto& layer = network->layers()[1];
  layer->mask = (torch::rand(layer->weight.sizes()) > 0.5).to(torch::kFloat);
  const FloatNetwork artifact = network->to_artifact();
  const torch::NoGradGuard no_grad;
  const auto logits = network->forward(batch);
  for (std::int64_t b = 0; b < 3; ++b) {
    const auto expected = naive_logits(artifact, batch[b].data_ptr<std::uint8_t>());
    for (std::int64_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(logits[b][k].item<double>(), expected[static_cast<std::size_t>(k)], 1e-4);
    }
  }
}

TEST_P(CnnTypes, ArtifactRoundTripIsExact) {
  Cnn first(description(GetParam()), 1);
  Cnn second(description(GetParam()), 2);
  first->layers()[2]->mask = torch::ones_like(first->layers()[2]->weight);
  first->groups[2] = ColumnGroups{{{0, 1}, {2}}};
  const FloatNetwork artifact = first->to_artifact();
  EXPECT_FALSE(artifact == second->to_artifact());
  second->from_artifact(artifact);
  EXPECT_TRUE(artifact == second->to_artifact());
}

INSTANTIATE_TEST_SUITE_P(LayerTypes, CnnTypes,
                         testing::Values(models::BlockLayerType::kShift,
                                         models::BlockLayerType::kVgg));

TEST(Cnn, WeightsStartWithTheDeviationOfTheirFanOut) {
  models::BlockNetworkOptions options;
  options.filters = {256};
  options.layers = {1};
  options.strides = {1};
  options.groups = {8};
  options.input = {3, 4, 4, {0, 0, 0}, {1, 1, 1}, 1};
  Cnn network(models::describe(options), 1);
  const double deviation = network->layers()[1]->weight.std().item<double>();
  EXPECT_NEAR(deviation, std::sqrt(2.0 / 256), 0.002);
}

TEST(Cnn, MaskedWeightsGetNoGradient) {
  Cnn network(description(models::BlockLayerType::kShift), 1);
  auto& layer = network->layers()[1];
  layer->mask = torch::ones_like(layer->weight);
  layer->mask[0][0] = 0;
  network->forward(images(2)).sum().backward();
  EXPECT_EQ(layer->weight.grad()[0][0].item<float>(), 0.0F);
  EXPECT_NE(layer->weight.grad()[0][1].item<float>(), 0.0F);
}

}  // namespace
}  // namespace colcomb::network
