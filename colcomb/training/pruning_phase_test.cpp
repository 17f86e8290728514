#include "colcomb/training/pruning_phase.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "colcomb/models/block_network.hpp"
#include "colcomb/training/joint_optimizer.hpp"

namespace colcomb::training {
namespace {

network::Cnn small_network() {
  models::BlockNetworkOptions blocks;
  blocks.filters = {8, 8};
  blocks.layers = {1, 1};
  blocks.strides = {1, 1};
  blocks.groups = {4, 4};
  blocks.classes = 2;
  blocks.input = {1, 4, 4, {.5}, {.25}, 1};
  return network::Cnn(models::describe(blocks), 1);
}

/// What after_batch returns for each batch of a run.
std::vector<bool> changes(const TrainOptions& options, const network::Cnn& network,
                          TrainingState& state, std::size_t batches_per_epoch) {
  PruningPhase phase(network, options, state, 1);
  std::vector<bool> result;
  EpochRecord record;
  for (std::size_t b = 1; b <= options.epochs * batches_per_epoch; ++b)
    result.push_back(phase.after_batch({b, batches_per_epoch}, record));
  EXPECT_TRUE(phase.finished());
  return result;
}

// Four epochs of two batches: two steps over the first half fall on batches 2 and 4.
TEST(PruningPhase, ChangesMasksAtItsSteps) {
  TrainOptions options;
  options.epochs = 4;
  options.pruning.steps = 2;
  TrainingState state;
  const std::vector<bool> f{false, true, false, true, false, false, false, false};
  EXPECT_EQ(changes(options, small_network(), state, 2), f);
  EXPECT_EQ(state.prunings_done, 2U);
}

TEST(PruningPhase, RegroupsBetweenSteps) {
  TrainOptions options;
  options.epochs = 4;
  options.pruning.steps = 2;
  options.combining.regroup_every = 1;
  TrainingState state;
  const std::vector<bool> expected{false, true, true, true, false, false, false, false};
  EXPECT_EQ(changes(options, small_network(), state, 2), expected);
}

// Of 8 x 1 and 8 x 8 weights, at alpha 1 of the first layer: rounds of 50 %, then 25 %, of what
// remains, until at most 20 are left.
TEST(PruningPhase, IterativeRoundsEndAtRho) {
  TrainOptions options;
  options.epochs = 6;
  options.pruning.schedule = Schedule::kIterative;
  options.pruning.beta = 0.5;
  options.pruning.beta_decay = 0.5;
  options.pruning.rho = 40;
  options.combining.fill_empty_cells = false;
  network::Cnn network = small_network();
  TrainingState state;
  const std::vector<bool> result = changes(options, network, state, 2);
  for (std::size_t b = 0; b < result.size(); ++b) {
    if (b % 2 != 0) continue;
    EXPECT_FALSE(result[b]) << "a round ends with an epoch, not with batch " << b;
  }
  EXPECT_TRUE(result[1]);
  EXPECT_LE(combining_state(network).nonzeros, 40U);
  EXPECT_EQ(state.prunings_done,
            static_cast<std::uint32_t>(std::accumulate(result.begin(), result.end(), 0)));
}

TEST(PruningPhase, RecordsWhatTheLastCombiningDid) {
  TrainOptions options;
  options.epochs = 4;
  options.pruning.steps = 1;
  network::Cnn network = small_network();
  TrainingState state;
  PruningPhase phase(network, options, state, 1);
  EpochRecord record;
  record.retained_magnitude = 7;
  EXPECT_FALSE(phase.after_batch({1, 2}, record));
  EXPECT_EQ(record.retained_magnitude, 7);
  EXPECT_TRUE(phase.after_batch({4, 2}, record));
  double kept = 0;
  double all = 0;
  for (std::size_t i = 0; i < network->description().hidden.size(); ++i) {
    const auto weights = network->layers()[i]->weight.detach().abs();
    kept += (weights * network->layers()[i]->mask).sum().item<double>();
    all += weights.sum().item<double>();
  }
  EXPECT_NEAR(record.retained_magnitude, kept / all, 1e-6);
  EXPECT_GT(record.regrouped_columns, 0U);
}

}  // namespace
}  // namespace colcomb::training
