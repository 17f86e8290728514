#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/schedule.hpp"

namespace colcomb::training {

/// Carries out the pruning schedule on a network while it is trained.
class PruningPhase {
 public:
  /// Requires: `options` and `state` outlive this. Reads from `state` how much has been pruned.
  PruningPhase(network::Cnn network, const TrainOptions& options, TrainingState& state,
               std::size_t threads);

  /// To be called after each batch. Prunes and combines as the schedule demands at `clock`, enters
  /// that in `state` and in record.retained_magnitude and regrouped_columns (of the last combining
  /// of the epoch). Returns whether masks have changed.
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
  bool finished_;
};

}  // namespace colcomb::training
