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
    return error.parts().where;
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
  EXPECT_EQ(options.print_frequency, 100U);
}

TEST(TrainOptions, NamesTheOptionThatBreaksARule) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refused([](TrainOptions& o) { o.batch_size = 0; }), "--batch-size");
  EXPECT_EQ(refused([](TrainOptions& o) { o.epochs = 0; }), "--epochs");
  EXPECT_EQ(refused([](TrainOptions& o) { o.learning_rate = kNan; }), "--lr");
  EXPECT_EQ(refused([](TrainOptions& o) { o.momentum = 1; }), "--momentum");
  EXPECT_EQ(refused([](TrainOptions& o) { o.weight_decay = -1; }), "--wd");
  EXPECT_EQ(refused([](TrainOptions& o) { o.combining.gamma = -0.5; }), "--gamma");
  EXPECT_EQ(refused([](TrainOptions& o) { o.combining.gamma = kNan; }), "--gamma");
  EXPECT_EQ(refused([](TrainOptions& o) { o.pruning.rate = 1; }), "--prune-rate");
  EXPECT_EQ(refused([](TrainOptions& o) { o.device = "tpu"; }), "--device");
  EXPECT_EQ(refused([](TrainOptions& o) { o.pruning.schedule = Schedule::kIterative; }), "--rho");
}

TEST(TrainOptions, FingerprintSeesNumbersAndNotPaths) {
  TrainOptions a;
  TrainOptions b = a;
  b.save_path = "elsewhere";
  b.print_frequency = 7;
  EXPECT_EQ(fingerprint(a, "native", {}), fingerprint(b, "native", {}));
  b.combining.gamma = 0.5;
  EXPECT_NE(fingerprint(a, "native", {}), fingerprint(b, "native", {}));
  dataset::TransformOptions cut;
  cut.cutout = 4;
  EXPECT_NE(fingerprint(b, "native", cut), fingerprint(b, "native", {}));
}

TEST(Schedule, NamesRoundTrip) {
  EXPECT_EQ(parse_schedule("iterative"), Schedule::kIterative);
  EXPECT_THROW((void)parse_schedule("linear"), UserError);
}

}  // namespace
}  // namespace colcomb::training
