#include "colcomb/training/schedule.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colcomb::training {
namespace {

TEST(LearningRate, IsACosineOverTheEpochs) {
  TrainOptions options;
  options.epochs = 10;
  options.learning_rate = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(options, {0, 100}), 0.1);
  EXPECT_NEAR(learning_rate(options, {500, 100}), 0.05, 1e-12);
  EXPECT_NEAR(learning_rate(options, {1000, 100}), 0.0, 1e-12);
  EXPECT_NEAR(learning_rate(options, {250, 100}), 0.1 * 0.8535533905932737, 1e-12);
}

TEST(CubicSchedule, FiresTenStepsInTheFirstHalfAndReachesTheFullRate) {
  TrainOptions options;
  options.epochs = 10;
  TrainingState state;
  Clock clock{0, 100};
  std::vector<std::uint64_t> times;
  std::vector<double> rates;
  for (; clock.batches_done <= 1000; ++clock.batches_done) {
    while (const auto due = due_pruning(options, state, clock, 1)) {
      times.push_back(clock.batches_done);
      rates.push_back(due->pruning.layers.fraction(8, 1));
      state.prunings_done = due->prunings_done;
    }
  }
  EXPECT_EQ(times, (std::vector<std::uint64_t>{50, 100, 150, 200, 250, 300, 350, 400, 450, 500}));
  // 0.8 * (1 - 0.9^3) * 7/8 for the first step, the full 0.8 * 7/8 for the last.
  EXPECT_NEAR(rates.front(), 0.1897, 1e-12);
  EXPECT_NEAR(rates.back(), 0.7, 1e-12);
  EXPECT_TRUE(pruning_finished(options, state, 1));
}

TEST(CubicSchedule, SpreadsItsStepsUntilAskedTo) {
  TrainOptions options;
  options.epochs = 10;
  options.pruning.until = 0.2;
  options.pruning.steps = 2;
  TrainingState state;
  EXPECT_FALSE(due_pruning(options, state, {99, 100}, 1));
  EXPECT_TRUE(due_pruning(options, state, {100, 100}, 1));
  state.prunings_done = 1;
  EXPECT_FALSE(due_pruning(options, state, {199, 100}, 1));
  EXPECT_TRUE(due_pruning(options, state, {200, 100}, 1));
}

TEST(CubicSchedule, LeavesAlphaOneDenseUnlessAsked) {
  TrainOptions options;
  options.epochs = 1;
  TrainingState state;
  state.prunings_done = 9;
  EXPECT_EQ(due_pruning(options, state, {100, 100}, 1)->pruning.layers.fraction(1, 1), 0.0);
  options.pruning.rate_alpha_one = 0.5;
  EXPECT_NEAR(due_pruning(options, state, {100, 100}, 1)->pruning.layers.fraction(1, 1), 0.5,
              1e-12);
}

TEST(CubicSchedule, CatchesUpWhenSeveralStepsFallOnOneBatch) {
  TrainOptions options;
  options.epochs = 1;
  TrainingState state;
  int fired = 0;
  while (const auto due = due_pruning(options, state, {2, 4}, 1)) {
    state.prunings_done = due->prunings_done;
    ++fired;
  }
  EXPECT_EQ(fired, 10);
}

TEST(IterativeSchedule, PrunesBetaOfWhatRemainsUntilRho) {
  TrainOptions options;
  options.epochs = 20;
  options.pruning.schedule = Schedule::kIterative;
  options.pruning.beta = 0.2;
  options.pruning.beta_decay = 0.5;
  options.pruning.rho = 700;
  options.pruning.retrain_epochs = 2;
  TrainingState state;
  EXPECT_FALSE(due_pruning(options, state, {199, 100}, 1000));
  auto due = due_pruning(options, state, {200, 100}, 1000);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->pruning.layers.weights, combining::LayerPruning::Weights::kFractionOfKept);
  EXPECT_DOUBLE_EQ(due->pruning.layers.fraction(8, 1), 0.2);
  state.prunings_done = due->prunings_done;
  state.prune_fraction = due->next_beta;
  EXPECT_FALSE(due_pruning(options, state, {200, 100}, 800));
  due = due_pruning(options, state, {400, 100}, 800);
  ASSERT_TRUE(due);
  EXPECT_DOUBLE_EQ(due->pruning.layers.fraction(1, 1), 0.1);
  // The last round prunes no further than rho.
  due = due_pruning(options, state, {400, 100}, 710);
  ASSERT_TRUE(due);
  EXPECT_NEAR(due->pruning.layers.fraction(8, 1), 10.0 / 710, 1e-12);
  EXPECT_FALSE(due_pruning(options, state, {600, 100}, 700));
  EXPECT_TRUE(pruning_finished(options, state, 700));
  EXPECT_FALSE(pruning_finished(options, state, 701));
}

TEST(Regrouping, RepeatsTheLastStepBetweenPrunings) {
  TrainOptions options;
  TrainingState state;
  EXPECT_FALSE(due_regrouping(options, state, {20, 100}));
  options.combining.regroup_every = 10;
  EXPECT_FALSE(due_regrouping(options, state, {20, 100}));  // nothing has been grouped yet
  state.prunings_done = 1;
  EXPECT_FALSE(due_regrouping(options, state, {25, 100}));
  const auto again = due_regrouping(options, state, {30, 100});
  ASSERT_TRUE(again);
  EXPECT_NEAR(again->layers.fraction(8, 1), 0.1897, 1e-12);
  options.pruning.schedule = Schedule::kIterative;
  EXPECT_EQ(due_regrouping(options, state, {30, 100})->layers.fraction(8, 1), 0.0);
}

TEST(GammaRamp, ReachesGammaAtTheLastStep) {
  TrainOptions options;
  options.epochs = 1;
  ASSERT_TRUE(options.combining.gamma_ramp);
  TrainingState state;
  EXPECT_NEAR(due_pruning(options, state, {100, 100}, 1)->pruning.gamma_share, 0.1, 1e-12);
  state.prunings_done = 9;
  EXPECT_EQ(due_pruning(options, state, {100, 100}, 1)->pruning.gamma_share, 1.0);
}

TEST(NoSchedule, NeverPrunes) {
  TrainOptions options;
  options.pruning.schedule = Schedule::kNone;
  EXPECT_FALSE(due_pruning(options, {}, {1'000'000, 1}, 1));
  EXPECT_TRUE(pruning_finished(options, {}, 1));
}

}  // namespace
}  // namespace colcomb::training
