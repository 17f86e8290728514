#include "colcomb/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace colcomb::training {
namespace {

/// Batches after which step i of n (1 = first) of the cubic schedule fires: spread evenly over the
/// first part of the run, the last at its end.
std::uint64_t cubic_step_time(const TrainOptions& options, const Clock& clock, std::size_t i) {
  const double part =
      options.pruning.until * static_cast<double>(options.epochs * clock.batches_per_epoch);
  const double share = static_cast<double>(i) / static_cast<double>(options.pruning.steps);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(part * share)));
}

Pruning cubic_step(const TrainOptions& options, std::size_t i) {
  const PruningOptions& p = options.pruning;
  const double share = static_cast<double>(i) / static_cast<double>(p.steps);
  const double left = 1.0 - share;
  const double progress = 1.0 - left * left * left;
  Pruning pruning;
  pruning.layers.weights = combining::LayerPruning::Weights::kStored;
  pruning.layers.less_for_small_alpha = true;
  pruning.layers.rate = p.rate * progress;
  pruning.layers.rate_alpha_one = p.rate_alpha_one * progress;
  pruning.progress = progress;
  pruning.gamma_share = options.combining.gamma_ramp ? share : 1.0;
  return pruning;
}

std::optional<DuePruning> due_cubic(const TrainOptions& options, const TrainingState& state,
                                    const Clock& clock) {
  const std::size_t next = state.prunings_done + 1;
  const PruningOptions& p = options.pruning;
  if (next > p.steps || clock.batches_done < cubic_step_time(options, clock, next)) return {};
  DuePruning due;
  due.pruning = cubic_step(options, next);
  due.prunings_done = static_cast<std::uint32_t>(next);
  return due;
}

std::optional<DuePruning> due_iterative(const TrainOptions& options, const TrainingState& state,
                                        const Clock& clock, std::uint64_t nonzeros) {
  const PruningOptions& p = options.pruning;
  if (nonzeros <= p.rho) return {};
  const std::uint64_t next = state.prunings_done + 1;
  if (clock.batches_done < next * p.retrain_epochs * clock.batches_per_epoch) return {};
  const double beta = state.prunings_done == 0 ? p.beta : state.prune_fraction;
  const double to_rho = 1.0 - static_cast<double>(p.rho) / static_cast<double>(nonzeros);
  DuePruning due;
  due.pruning.layers.weights = combining::LayerPruning::Weights::kFractionOfKept;
  due.pruning.layers.rate = std::min(beta, to_rho);
  due.prunings_done = static_cast<std::uint32_t>(next);
  due.next_beta = beta * p.beta_decay;
  return due;
}

}  // namespace

double learning_rate(const TrainOptions& options, const Clock& clock) {
  const double total = static_cast<double>(options.epochs * clock.batches_per_epoch);
  const double warm = options.recipe.warm_up_epochs * static_cast<double>(clock.batches_per_epoch);
  const double done = static_cast<double>(clock.batches_done);
  if (done < warm) return options.learning_rate * std::min(1.0, (done + 1) / warm);
  const double share = (done - warm) / (total - warm);
  return 0.5 * options.learning_rate * (1.0 + std::cos(std::numbers::pi * share));
}

std::optional<DuePruning> due_pruning(const TrainOptions& options, const TrainingState& state,
                                      const Clock& clock, std::uint64_t nonzeros) {
  switch (options.pruning.schedule) {
    case Schedule::kCubic:
      return due_cubic(options, state, clock);
    case Schedule::kIterative:
      return due_iterative(options, state, clock, nonzeros);
    case Schedule::kNone:
      break;
  }
  return {};
}

std::optional<Pruning> due_regrouping(const TrainOptions& options, const TrainingState& state,
                                      const Clock& clock) {
  const std::size_t every = options.combining.regroup_every;
  if (every == 0 || state.prunings_done == 0 || clock.batches_done % every != 0) return {};
  switch (options.pruning.schedule) {
    case Schedule::kCubic:
      return cubic_step(options, state.prunings_done);
    case Schedule::kIterative: {
      Pruning none;
      none.layers.weights = combining::LayerPruning::Weights::kFractionOfKept;
      return none;
    }
    case Schedule::kNone:
      break;
  }
  return {};
}

bool pruning_finished(const TrainOptions& options, const TrainingState& state,
                      std::uint64_t nonzeros) {
  switch (options.pruning.schedule) {
    case Schedule::kCubic:
      return state.prunings_done >= options.pruning.steps;
    case Schedule::kIterative:
      return nonzeros <= options.pruning.rho;
    case Schedule::kNone:
      break;
  }
  return true;
}

bool out_of_patience(const TrainOptions& options, const TrainingState& state, bool pruned) {
  const std::size_t patience = options.recipe.patience;
  const auto& history = state.history;
  if (patience == 0 || !pruned || history.empty()) return false;
  std::size_t best = history.size() - 1;
  for (std::size_t i = history.size(); i-- > 0 && history[i].nonzeros == history.back().nonzeros;) {
    if (history[i].validation_loss <= history[best].validation_loss) best = i;
  }
  return history.size() - 1 - best >= patience;
}

}  // namespace colcomb::training
