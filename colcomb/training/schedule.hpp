#pragma once

#include <cstdint>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::training {

/// Where in the run training stands, counted in batches.
struct Clock {
  std::uint64_t batches_done = 0;
  std::uint64_t batches_per_epoch = 1;
};

/// Learning rate of the batch after `clock`: a cosine from options.learning_rate to 0 over the run,
/// after a straight rise if the recipe warms up.
[[nodiscard]] double learning_rate(const TrainOptions& options, const Clock& clock);

/// One pruning of every convolution layer.
struct Pruning {
  combining::LayerPruning layers;
  double gamma_share = 1;  // part of the run's gamma that limits this step's groups
  double progress = 1;     // with an array: how far from the dense network to what it takes
};

/// The pruning due now, if any, and the state after it. Pure: call again with the new state until
/// nothing is due. `nonzeros` counts the convolution weights that remain.
struct DuePruning {
  Pruning pruning;
  std::uint32_t prunings_done = 0;
  double next_beta = 0;  // iterative schedule
};
[[nodiscard]] std::optional<DuePruning> due_pruning(const TrainOptions& options,
                                                    const TrainingState& state, const Clock& clock,
                                                    std::uint64_t nonzeros);

/// The pruning to repeat now with the weights as they have become, if regrouping between pruning
/// steps is on and due: the last step's, or for the iterative schedule one that prunes no more.
[[nodiscard]] std::optional<Pruning> due_regrouping(const TrainOptions& options,
                                                    const TrainingState& state, const Clock& clock);

/// Whether pruning is over: the L1 penalty stops here.
[[nodiscard]] bool pruning_finished(const TrainOptions& options, const TrainingState& state,
                                    std::uint64_t nonzeros);

/// Whether to stop early: the validation loss has not fallen for the recipe's patience, counted
/// over the epochs since the number of nonzero weights last changed.
[[nodiscard]] bool out_of_patience(const TrainOptions& options, const TrainingState& state,
                                   bool pruning_finished);

}  // namespace colcomb::training
