// Training by autograd on a device whose tensors do not mix with the CPU's, as on a GPU. The device
// computes with the CPU's kernels, so the CPU's run is the oracle.
#include "tests/support/other_device.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/shades_run.hpp"

namespace colcomb::training {
namespace {

using tests::ShadesRun;
using tests::train_whole;

double largest_difference(const Matrix<float>& a, const Matrix<float>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(double{a.values()[i]} - b.values()[i]));
  return largest;
}

/// Trains on the CPU and on the other device by the options that `change` makes.
template <class Change>
void expect_equal_runs(Change change) {
  std::vector<Checkpoint> trained;
  for (const torch::Device device : {torch::Device(torch::kCPU), tests::kOtherDevice}) {
    ShadesRun run;
    run.options.backend = "autograd";
    run.run_options.device = "cpu";
    run.description.dropout = 0;  // drawn by each device in its own way
    change(run);
    run.run_options.device = device.str();
    trained.push_back(train_whole(run));
  }
  ASSERT_EQ(trained[0].training.history.size(), trained[1].training.history.size());
  for (std::size_t i = 0; i < trained[0].training.history.size(); ++i) {
    const EpochRecord& expected = trained[0].training.history[i];
    const EpochRecord& actual = trained[1].training.history[i];
    EXPECT_NEAR(actual.train_loss, expected.train_loss, 1e-4) << "epoch " << i;
    EXPECT_NEAR(actual.test_loss, expected.test_loss, 1e-4) << "epoch " << i;
    EXPECT_EQ(actual.nonzeros, expected.nonzeros) << "epoch " << i;
  }
  for (std::size_t l = 0; l < trained[0].network.layer_count(); ++l) {
    const FloatLayer& expected = trained[0].network.layer(l);
    const FloatLayer& actual = trained[1].network.layer(l);
    EXPECT_LE(largest_difference(actual.weights, expected.weights), 1e-4) << "layer " << l;
    EXPECT_EQ(actual.mask, expected.mask) << "layer " << l;
    EXPECT_EQ(actual.groups, expected.groups) << "layer " << l;
  }
}

TEST(OtherDevice, RefusesToMixWithTheCpu) {
  const auto there = torch::ones({2}).to(tests::kOtherDevice);
  EXPECT_EQ((there + there).sum().item<float>(), 4);
  EXPECT_THROW((void)(there + torch::ones({2})), c10::Error);
}

TEST(OtherDevice, TrainsPrunesAndCombines) {
  expect_equal_runs([](ShadesRun&) {});
}

TEST(OtherDevice, KeepsImagesThere) {
  expect_equal_runs(
      [](ShadesRun& run) { run.train_set.in_memory = run.test_set.in_memory = true; });
}

TEST(OtherDevice, FollowsRecipesAndATeacher) {
  expect_equal_runs([](ShadesRun& run) {
    run.options.epochs = 1;
    run.run_options.save_path = run.folder / "teacher.ckpt";
    (void)train_whole(run);
    run.options.recipe.teacher = run.run_options.save_path;
    run.run_options.save_path = run.folder / "net.ckpt";
    run.options.epochs = 3;
    run.options.recipe.label_smoothing = 0.1;
    run.options.recipe.mixup = 0.3;
    run.options.recipe.average_decay = 0.8;
    run.options.recipe.nesterov = true;
  });
}

TEST(OtherDevice, ComputesWithTheIntegers) {
  expect_equal_runs([](ShadesRun& run) { run.options.quantization_aware.epochs = 2; });
}

TEST(OtherDevice, FineTunesByTheIterativeSchedule) {
  expect_equal_runs([](ShadesRun& run) {
    run.options.pruning.schedule = Schedule::kNone;
    run.run_options.save_path = run.folder / "dense.ckpt";
    (void)train_whole(run);
    run.options.load_path = run.run_options.save_path;
    run.run_options.save_path = run.folder / "net.ckpt";
    run.options.pruning.schedule = Schedule::kIterative;
    run.options.pruning.rho = 300;
  });
}

TEST(OtherDevice, ResumedEqualsUninterrupted) {
  ShadesRun whole;
  whole.run_options.device = tests::kOtherDevice.str();
  const Checkpoint expected = train_whole(whole);
  ShadesRun cut;
  cut.run_options.device = tests::kOtherDevice.str();
  EXPECT_THROW(train(cut.options, cut.run_options, cut.description, cut.data(),
                     {[](const EpochRecord& record, std::size_t) {
                       if (record.epoch == 2) throw std::runtime_error("killed");
                     }}),
               std::runtime_error);
  cut.run_options.resume = true;
  EXPECT_TRUE(tests::same_numbers(train_whole(cut), expected));
}

}  // namespace
}  // namespace colcomb::training
