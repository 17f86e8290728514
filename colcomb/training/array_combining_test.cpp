#include "colcomb/training/array_combining.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "colcomb/base/error.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/training/pruning_phase.hpp"
#include "tests/support/shades_run.hpp"

namespace colcomb::training {
namespace {

using ::testing::HasSubstr;

ArrayConfig array_of(std::size_t rows, std::size_t columns) {
  ArrayConfig array;
  array.name = "test";
  array.rows = rows;
  array.columns = columns;
  return array;
}

network::Cnn wide_network() {
  models::BlockNetworkOptions blocks;
  blocks.filters = {8, 24};
  blocks.layers = {2, 2};
  blocks.strides = {1, 1};
  blocks.groups = {8, 8};
  blocks.classes = 2;
  blocks.input = {1, 4, 4, {.5}, {.25}, 1};
  return network::Cnn(models::describe(blocks), 1);
}

TEST(ArrayCombining, ScheduleLeadsToTheFit) {
  network::Cnn network = wide_network();
  TrainOptions options;
  options.allocation.array = array_of(8, 8);
  options.epochs = 4;
  options.pruning.steps = 2;
  TrainingState state;
  PruningPhase phase(network, options, state, 1);
  EpochRecord record;
  EXPECT_FALSE(phase.after_batch({1, 2}, record));
  EXPECT_FALSE(state.allocation.has_value());
  EXPECT_TRUE(phase.after_batch({2, 2}, record));
  // 24 columns on the way to 8 groups: half the steps leave (1 / 2)^3 of the 16 between.
  EXPECT_EQ(network->groups[4]->size(), 10U);
  EXPECT_TRUE(phase.after_batch({4, 2}, record));
  EXPECT_TRUE(phase.finished());
  // conv0, block1: 1, 8 and 8 columns fit the array; block2: 8, then 24 columns in 8 groups.
  for (std::size_t i = 0; i < 4; ++i) EXPECT_FALSE(network->layers()[i]->mask.defined()) << i;
  EXPECT_EQ(network->groups[4]->size(), 8U);
  EXPECT_EQ(network->layers()[4]->mask.sum().item<double>(), 24 * 8);
  EXPECT_FALSE(network->layers()[5]->mask.defined());
  ASSERT_TRUE(state.allocation.has_value());
  EXPECT_EQ(state.allocation->layers[4].groups, 8U);
  EXPECT_LT(record.retained_magnitude, 1);
}

TEST(ArrayCombining, BudgetTakesTheClassifierIn) {
  models::BlockNetworkOptions blocks;
  blocks.filters = {24};
  blocks.layers = {2};
  blocks.strides = {1};
  blocks.groups = {8};
  blocks.classes = 9;
  blocks.input = {1, 4, 4, {.5}, {.25}, 1};
  NetworkDescription description = models::describe(blocks);
  for (LayerDescription& layer : description.hidden) layer.alpha = 8;
  description.classifier.alpha = 8;
  network::Cnn network(description, 1);
  TrainOptions options;
  options.allocation.array = array_of(8, 8);
  // Three row tiles for each hidden layer and two for the classifier, one column tile each.
  options.allocation.budget = allocation::Budget{allocation::Quantity::kTiles, 3 + 3 + 3 + 2};
  const ArrayCombining combining(network->description(), options);
  const auto outcome = combining.combine(network, 1, nullptr, 1);
  EXPECT_EQ(outcome.allocation.spent, 11U);
  const torch::Tensor& mask = network->layers().back()->mask;
  ASSERT_TRUE(mask.defined());
  EXPECT_EQ(network->groups.back()->size(), 8U);
  EXPECT_EQ(mask.sum().item<double>(), 9 * 8);
  // No row of any layer has been emptied.
  for (const network::Layer& layer : network->layers()) {
    const torch::Tensor kept = layer->mask.defined() ? layer->mask : torch::ones({1, 1});
    EXPECT_TRUE((kept.flatten(1).sum(1) > 0).all().item<bool>());
  }
  options.allocation.budget->limit = 10;
  EXPECT_THROW(ArrayCombining(network->description(), options), UserError);
}

/// The gradients' statistics decide, and must survive the interruption. The run is cut short where
/// pruning is under way.
TEST(ArrayCombining, ResumedEqualsUninterrupted) {
  for (const auto importance : {allocation::Importance::kTaylor, allocation::Importance::kFisher}) {
    tests::ShadesRun fixture;
    fixture.options.epochs = 6;
    for (LayerDescription& layer : fixture.description.hidden) layer.alpha = 8;
    fixture.options.allocation.array = array_of(4, 4);
    fixture.options.allocation.importance = importance;
    fixture.options.allocation.budget = allocation::Budget{allocation::Quantity::kMacs, 1e9};
    fixture.options.allocation.budget->limit = 0.5 * [&] {
      return static_cast<double>(allocation::Allocator(fixture.description,
                                                       *fixture.options.allocation.array,
                                                       *fixture.options.allocation.budget)
                                     .dense());
    }();
    const Checkpoint whole = tests::train_whole(fixture);
    ASSERT_TRUE(whole.training.allocation.has_value());
    EXPECT_LE(*whole.training.allocation->spent, *whole.training.allocation->limit);
    fixture.run_options.save_path = fixture.folder / "cut.ckpt";
    EXPECT_THROW((void)train(fixture.options, fixture.run_options, fixture.description,
                             fixture.data(), {[](const EpochRecord& record, std::size_t) {
                               if (record.epoch == 2) throw std::runtime_error("killed");
                             }}),
                 std::runtime_error);
    fixture.run_options.resume = true;
    const Checkpoint resumed = tests::train_whole(fixture);
    EXPECT_TRUE(tests::same_numbers(whole, resumed));
    EXPECT_EQ(whole.training.allocation, resumed.training.allocation);
  }
}

TEST(GradientStatistics, MeansOfLiveWeightsByHand) {
  network::Cnn network = wide_network();
  GradientStatistics statistics(network, allocation::Importance::kFisher);
  network::LayerImpl& layer = *network->layers()[1];
  const auto step = [&](double gradient) {
    for (network::Layer& each : network->layers())
      each->weight.mutable_grad() = torch::full_like(each->weight, gradient);
    statistics.update();
  };
  step(2);
  layer.mask = torch::ones_like(layer.weight);
  layer.mask.flatten(1).select(1, 3).zero_();  // column 3 is pruned: it has no gradient any more
  step(3);
  const std::vector<Matrix<float>> means = statistics.means();
  ASSERT_EQ(means.size(), network->layers().size());
  EXPECT_FLOAT_EQ(means[1](0, 2), 4 + 0.01F * (9 - 4));
  EXPECT_FLOAT_EQ(means[1](0, 3), 4);
  EXPECT_FLOAT_EQ(means[0](0, 0), 4.05F);
}

TEST(AllocationOptions, RefusesWhatDoesNotFitTogether) {
  const auto refusal = [](auto change) {
    TrainOptions options;
    options.allocation.array = array_of(8, 8);
    change(options);
    try {
      check(options);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal([](TrainOptions&) {}), "accepted");
  EXPECT_THAT(refusal([](TrainOptions& o) {
                o.pruning.schedule = Schedule::kIterative;
                o.pruning.rho = 10;
              }),
              HasSubstr("cubic or none"));
  EXPECT_THAT(
      refusal([](TrainOptions& o) { o.combining.policy = combining::GroupingPolicy::kPairwise; }),
      HasSubstr("must be search"));
  EXPECT_THAT(refusal([](TrainOptions& o) {
                o.allocation.array.reset();
                o.allocation.budget = allocation::Budget{};
              }),
              HasSubstr("allocation.array"));
  EXPECT_THAT(refusal([](TrainOptions& o) {
                o.allocation.array.reset();
                o.allocation.importance = allocation::Importance::kFisher;
              }),
              HasSubstr("allocation.array"));
}

}  // namespace
}  // namespace colcomb::training
