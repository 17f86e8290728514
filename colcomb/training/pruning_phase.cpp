#include "colcomb/training/pruning_phase.hpp"

#include <limits>
#include <utility>

#include "colcomb/training/joint_optimizer.hpp"

namespace colcomb::training {

PruningPhase::PruningPhase(network::Cnn network, const TrainOptions& options, TrainingState& state,
                           std::size_t threads, const GradientStatistics* gradients)
    : network_(std::move(network)),
      options_(options),
      state_(state),
      threads_(threads),
      gradients_(gradients),
      finished_(pruning_finished(options, state, combining_state(network_).nonzeros)) {
  if (options.allocation.array && options.pruning.schedule != Schedule::kNone)
    array_.emplace(network_->description(), options);
}

bool PruningPhase::after_batch(const Clock& clock, EpochRecord& record) {
  if (finished_) return false;
  bool changed = false;
  std::uint64_t nonzeros = nonzeros_if_needed(clock);
  while (const auto due = due_pruning(options_, state_, clock, nonzeros)) {
    combine(due->pruning, record);
    changed = true;
    state_.prunings_done = due->prunings_done;
    state_.prune_fraction = due->next_beta;
    nonzeros = combining_state(network_).nonzeros;
  }
  finished_ = pruning_finished(options_, state_, nonzeros);
  if (finished_) return changed;
  if (const auto again = due_regrouping(options_, state_, clock)) {
    combine(*again, record);
    changed = true;
  }
  return changed;
}

void PruningPhase::combine(const Pruning& pruning, EpochRecord& record) {
  CombiningOutcome outcome;
  if (array_) {
    ArrayCombining::Outcome for_array =
        array_->combine(network_, pruning.progress, gradients_, threads_);
    outcome = for_array.combining;
    state_.allocation = std::move(for_array.allocation);
  } else {
    outcome = prune_and_combine(network_, pruning, options_.combining, options_.seed, threads_);
  }
  record.retained_magnitude = outcome.retained_magnitude;
  record.regrouped_columns = outcome.regrouped_columns;
}

/// Only the iterative schedule reads the number, when a round ends with an epoch.
std::uint64_t PruningPhase::nonzeros_if_needed(const Clock& clock) const {
  const bool needed = options_.pruning.schedule == Schedule::kIterative &&
                      clock.batches_done % clock.batches_per_epoch == 0;
  return needed ? combining_state(network_).nonzeros : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace colcomb::training
