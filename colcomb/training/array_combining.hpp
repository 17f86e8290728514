#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/training/gradient_statistics.hpp"
#include "colcomb/training/joint_optimizer.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::training {

/// Combines a network's columns for an array while it is trained: how many groups a layer gets
/// follows from the array and, with a budget, from the importance of what the layers would keep.
class ArrayCombining {
 public:
  /// Requires: options.allocation.array is set; `options` outlives this.
  /// Errors: UserError where the array cannot take the network, or a budget cannot be kept.
  ArrayCombining(const NetworkDescription& network, const TrainOptions& options);

  struct Outcome {
    CombiningOutcome combining;
    AllocationReport allocation;
  };
  /// Combines all layers anew from their stored weights, pruned ones included. `progress`, 0 to 1:
  /// how far the schedule has come from the dense network to what the array takes. `gradients`: not
  /// null where the importance needs them.
  Outcome combine(network::Cnn& network, double progress, const GradientStatistics* gradients,
                  std::size_t threads) const;

 private:
  const TrainOptions& options_;
  std::optional<allocation::Allocation> fitted_;    // without a budget
  std::optional<allocation::Allocator> allocator_;  // with one
};

}  // namespace colcomb::training
