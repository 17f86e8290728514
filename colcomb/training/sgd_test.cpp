#include "colcomb/training/sgd.hpp"

#include <gtest/gtest.h>

#include "colcomb/models/block_network.hpp"

namespace colcomb::training {
namespace {

network::Cnn tiny() {
  models::BlockNetworkOptions options;
  options.filters = {2};
  options.layers = {1};
  options.strides = {1};
  options.groups = {2};
  options.classes = 2;
  options.input = {1, 2, 2, {0}, {1}, 1};
  return network::Cnn(models::describe(options), 1);
}

void set_gradients(network::Cnn& network, float value) {
  for (auto& parameter : network->parameters()) {
    parameter.mutable_grad() = torch::full_like(parameter, value);
  }
}

TEST(Sgd, StepsByMomentumDecayAndL1) {
  network::Cnn network = tiny();
  torch::NoGradGuard no_grad;
  auto& weight = network->layers()[1]->weight;
  weight.fill_(2.0);
  network->layers()[2]->weight.fill_(2.0);
  Sgd sgd(network, {0.5, 0.1});
  set_gradients(network, 1.0);
  sgd.step(0.1, 0.25);
  // Direction 1 + 0.1 * 2 + 0.25 = 1.45, so 2 - 0.145; the linear layer has no L1 penalty.
  EXPECT_NEAR(weight[0][0].item<float>(), 1.855, 1e-6);
  EXPECT_NEAR(network->layers()[2]->weight[0][0].item<float>(), 1.88, 1e-6);
  set_gradients(network, 0.0);
  sgd.step(0.1, 0);
  // Momentum 0.5 * 1.45 + 0.1 * 1.855 = 0.9105.
  EXPECT_NEAR(weight[0][0].item<float>(), 1.855 - 0.09105, 1e-6);
}

TEST(Sgd, PrunedWeightsKeepTheirValue) {
  network::Cnn network = tiny();
  torch::NoGradGuard no_grad;
  auto& layer = network->layers()[1];
  Sgd sgd(network, {0.9, 0.1});
  set_gradients(network, 1.0);
  sgd.step(0.1, 0.1);  // fills the momentum
  layer->mask = torch::ones_like(layer->weight);
  layer->mask[1][0] = 0;
  const float before = layer->weight[1][0].item<float>();
  const float other = layer->weight[1][1].item<float>();
  for (int i = 0; i < 3; ++i) {
    set_gradients(network, 1.0);
    sgd.step(0.1, 0.1);
  }
  EXPECT_EQ(layer->weight[1][0].item<float>(), before);
  EXPECT_NE(layer->weight[1][1].item<float>(), other);
}

// What a step computes, in doubles.
TEST(Sgd, BothWaysFollowTheFormula) {
  for (const bool fused : {false, true}) {
    for (const bool nesterov : {false, true}) {
      for (const double l1 : {0.0, 0.05}) {
        network::Cnn network = tiny();
        const torch::NoGradGuard no_grad;
        network::Layer& layer = network->layers()[1];
        layer->mask = torch::ones_like(layer->weight);
        layer->mask[1][0] = 0;
        Sgd sgd(network, {0.9, 0.1, nesterov, fused});
        auto value = layer->weight.to(torch::kDouble);
        auto momentum = torch::zeros_like(value);
        const auto mask = layer->mask.to(torch::kDouble);
        torch::manual_seed(3);
        for (int step = 0; step < 4; ++step) {
          for (auto& parameter : network->parameters())
            parameter.mutable_grad() = torch::randn_like(parameter);
          const auto direction =
              layer->weight.grad().to(torch::kDouble) + 0.1 * value + l1 * value.sign();
          momentum = (0.9 * momentum + direction) * mask;
          const auto down = nesterov ? (direction + 0.9 * momentum) * mask : momentum;
          value -= 0.2 * down;
          sgd.step(0.2, l1);
        }
        EXPECT_TRUE(torch::allclose(layer->weight.to(torch::kDouble), value, 1e-5, 1e-6))
            << "fused " << fused << " nesterov " << nesterov << " l1 " << l1;
      }
    }
  }
}

TEST(Sgd, StateRoundTrips) {
  network::Cnn network = tiny();
  Sgd first(network, {0.9, 0});
  {
    const torch::NoGradGuard no_grad;
    set_gradients(network, 0.5);
  }
  first.step(0.1, 0);
  Sgd second(network, {0.9, 0});
  EXPECT_FALSE(second.state() == first.state());
  second.set_state(first.state());
  EXPECT_TRUE(second.state() == first.state());
}

}  // namespace
}  // namespace colcomb::training
