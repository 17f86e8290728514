#include "colcomb/training/options.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

std::string refused(void (*change)(TrainOptions&)) {
  TrainOptions options;
  change(options);
  try {
    check(options);
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    return error.parts().field;
  }
  return "none";
}

TEST(TrainOptions, DefaultsAreTheReferences) {
  const TrainOptions options;
  check(options);
  EXPECT_EQ(options.batch_size, 64U);
  EXPECT_EQ(options.epochs, 50U);
  EXPECT_EQ(options.learning_rate, 0.1);
  EXPECT_EQ(options.momentum, 0.9);
  EXPECT_EQ(options.weight_decay, 1e-4);
  EXPECT_EQ(options.l1_penalty, 0);
  EXPECT_EQ(options.combining.gamma, 1.75);
  EXPECT_EQ(options.pruning.rate, 0.8);
  EXPECT_EQ(options.pruning.steps, 10U);
  EXPECT_EQ(RunOptions{}.print_frequency, 100U);
}

TEST(TrainOptions, NamesTheOptionThatBreaksARule) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refused([](TrainOptions& o) { o.batch_size = 0; }), "batch_size");
  EXPECT_EQ(refused([](TrainOptions& o) { o.epochs = 0; }), "epochs");
  EXPECT_EQ(refused([](TrainOptions& o) { o.learning_rate = kNan; }), "learning_rate");
  EXPECT_EQ(refused([](TrainOptions& o) { o.momentum = 1; }), "momentum");
  EXPECT_EQ(refused([](TrainOptions& o) { o.weight_decay = -1; }), "weight_decay");
  EXPECT_EQ(refused([](TrainOptions& o) { o.combining.gamma = -0.5; }), "combining.gamma");
  EXPECT_EQ(refused([](TrainOptions& o) { o.combining.gamma = kNan; }), "combining.gamma");
  EXPECT_EQ(refused([](TrainOptions& o) { o.pruning.rate = 1; }), "pruning.rate");
  EXPECT_EQ(refused([](TrainOptions& o) { o.pruning.schedule = Schedule::kIterative; }),
            "pruning.rho");
}

TEST(RunOptions, NamesTheFieldThatBreaksARule) {
  RunOptions run;
  run.device = "tpu";
  try {
    check(run);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().field, "device");
  }
}

TEST(Schedule, NamesRoundTrip) {
  EXPECT_EQ(parse_schedule("iterative"), Schedule::kIterative);
  EXPECT_THROW((void)parse_schedule("linear"), UserError);
}

}  // namespace
}  // namespace colcomb::training
