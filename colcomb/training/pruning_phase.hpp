#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/training/array_combining.hpp"
#include "colcomb/training/gradient_statistics.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/schedule.hpp"

namespace colcomb::training {

/// Carries out the pruning schedule on a network while it is trained.
class PruningPhase {
 public:
  /// Requires: `options`, `state` and `gradients` outlive this; gradients are there if the
  /// importance needs them. Reads from `state` how much has been pruned.
  /// Errors: UserError as ArrayCombining.
  PruningPhase(network::Cnn network, const TrainOptions& options, TrainingState& state,
               std::size_t threads, const GradientStatistics* gradients = nullptr);

  /// To be called after each batch. Prunes and combines as the schedule demands at `clock`, enters
  /// that in `state` and in record.retained_magnitude and regrouped_columns (of the last combining
  /// of the epoch), and what an array made of it in state.allocation. Returns whether masks have
  /// changed.
  bool after_batch(const Clock& clock, EpochRecord& record);

  /// Whether the schedule's last pruning is done. The L1 penalty ends with it.
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  void combine(const Pruning& pruning, EpochRecord& record);
  [[nodiscard]] std::uint64_t nonzeros_if_needed(const Clock& clock) const;

  network::Cnn network_;
  const TrainOptions& options_;
  TrainingState& state_;
  std::size_t threads_;
  const GradientStatistics* gradients_;
  std::optional<ArrayCombining> array_;
  bool finished_;
};

}  // namespace colcomb::training
