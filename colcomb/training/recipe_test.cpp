// The parts of a recipe: loss, mixup, average, warm-up, patience.
#include "colcomb/training/recipe.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/models/block_network.hpp"
#include "colcomb/training/average.hpp"
#include "colcomb/training/loss.hpp"
#include "colcomb/training/mixup.hpp"
#include "colcomb/training/schedule.hpp"

namespace colcomb::training {
namespace {

TEST(Loss, OfTwoClassesByHand) {
  // Logits (0, ln 3): softmax (1/4, 3/4).
  const auto logits = torch::tensor({0.0F, std::log(3.0F)}).view({1, 2});
  Targets targets;
  targets.labels = torch::tensor({std::int64_t{1}});
  RecipeOptions recipe;
  const auto loss = [&] { return loss_of(logits, targets, recipe).item<double>(); };
  EXPECT_NEAR(loss(), -std::log(0.75), 1e-6);
  recipe.label_smoothing = 0.2;  // target (.1, .9)
  const double smoothed = -0.1 * std::log(0.25) - 0.9 * std::log(0.75);
  EXPECT_NEAR(loss(), smoothed, 1e-6);
  targets.partners = torch::tensor({std::int64_t{0}});
  targets.share = 0.7;
  const double partner = -0.9 * std::log(0.25) - 0.1 * std::log(0.75);
  EXPECT_NEAR(loss(), 0.7 * smoothed + 0.3 * partner, 1e-6);
}

TEST(Loss, TeacherByHand) {
  // At temperature 2: the pupil's softmax (1/4, 3/4), the teacher's (1/2, 1/2).
  const auto logits = torch::tensor({0.0F, 2 * std::log(3.0F)}).view({1, 2});
  Targets targets;
  targets.labels = torch::tensor({std::int64_t{1}});
  targets.teacher = torch::zeros({1, 2});
  RecipeOptions recipe;
  recipe.temperature = 2;
  recipe.teacher_share = 0.25;
  const double divergence = 0.5 * std::log(0.5 / 0.25) + 0.5 * std::log(0.5 / 0.75);
  const double entropy = -std::log(0.9);  // softmax of the logits as they are: (.1, .9)
  EXPECT_NEAR(loss_of(logits, targets, recipe).item<double>(),
              0.75 * entropy + 0.25 * 4 * divergence, 1e-6);
}

dataset::Batch two_images() {
  dataset::Batch batch;
  batch.count = 2;
  batch.channels = batch.height = 1;
  batch.width = 2;
  batch.pixels = {0, 100, 200, 50};
  batch.labels = {3, 7};
  return batch;
}

TEST(Mixup, MixesEachImageWithItsPartner) {
  double least = 1;
  double most = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    dataset::Batch batch = two_images();
    const Mixed mixed = mix(batch, 0.4, Random(seed));
    EXPECT_EQ(mixed.partners, (std::vector<std::int32_t>{7, 3}));
    EXPECT_NEAR(batch.pixels[0], 200 * (1 - mixed.share), 0.5);
    EXPECT_NEAR(batch.pixels[1], 100 * mixed.share + 50 * (1 - mixed.share), 0.5);
    EXPECT_NEAR(batch.pixels[2], 200 * mixed.share, 0.5);
    least = std::min(least, mixed.share);
    most = std::max(most, mixed.share);
  }
  EXPECT_GE(least, 0.5);
  EXPECT_LT(least, 0.6);
  EXPECT_GT(most, 0.99);
}

network::Cnn tiny_network() {
  models::BlockNetworkOptions blocks;
  blocks.filters = {4};
  blocks.layers = {1};
  blocks.strides = {1};
  blocks.groups = {2};
  blocks.classes = 2;
  blocks.input = {1, 4, 4, {.5}, {.25}, 1};
  return network::Cnn(models::describe(blocks), 1);
}

TEST(Average, FollowsTheWeightsAndSurvivesACheckpoint) {
  network::Cnn network = tiny_network();
  const torch::NoGradGuard no_grad;
  torch::Tensor& bias = network->layers().back()->bias;
  bias.fill_(1);
  Average average(network, 0.5);
  bias.fill_(11);
  average.update();  // kept: min(.5, 1/10)
  bias.fill_(3);
  average.update();  // kept: min(.5, 2/11)
  const double expected = (1 * 0.1 + 11 * 0.9) * (2.0 / 11) + 3 * (9.0 / 11);
  average.exchange();
  EXPECT_NEAR(bias[0].item<double>(), expected, 1e-5);
  average.exchange();
  EXPECT_EQ(bias[0].item<double>(), 3);

  auto state = average.state();
  state.push_back({"another", {1}, {5}});
  Average again(network, 0.5);
  again.take_state(state);
  ASSERT_EQ(state.size(), 1U);
  again.update();
  average.update();
  EXPECT_TRUE(again.state() == average.state());
}

TEST(WarmUp, GrowsEvenlyThenFallsAsACosine) {
  TrainOptions options;
  options.epochs = 10;
  options.learning_rate = 0.2;
  options.recipe.warm_up_epochs = 2;
  EXPECT_NEAR(learning_rate(options, {0, 100}), 0.2 / 200, 1e-12);
  EXPECT_NEAR(learning_rate(options, {99, 100}), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate(options, {200, 100}), 0.2, 1e-12);
  EXPECT_NEAR(learning_rate(options, {600, 100}), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate(options, {1000, 100}), 0, 1e-12);
}

TEST(Patience, CountsEpochsWithoutABetterValidationLoss) {
  TrainOptions options;
  options.recipe.patience = 2;
  TrainingState state;
  const auto after = [&](double loss) {
    EpochRecord record;
    record.validation_loss = loss;
    state.history.push_back(record);
    return out_of_patience(options, state, true);
  };
  EXPECT_FALSE(after(1.0));
  EXPECT_FALSE(after(0.5));
  EXPECT_FALSE(after(0.6));
  EXPECT_FALSE(out_of_patience(options, state, false));
  EXPECT_TRUE(after(0.5));
  EXPECT_FALSE(after(0.4));
  options.recipe.patience = 0;
  EXPECT_FALSE(after(9) || after(9) || after(9));
}

}  // namespace
}  // namespace colcomb::training
