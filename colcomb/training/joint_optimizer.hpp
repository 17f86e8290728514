#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/network/cnn.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/schedule.hpp"

namespace colcomb::training {

/// Size of a network's convolution layers as they stand, those of fixed weights apart.
struct CombiningState {
  std::uint64_t nonzeros = 0;     // weights that remain
  std::uint64_t weights = 0;      // all, pruned or not; none between a layer's conv_groups
  std::uint64_t packed_macs = 0;  // rows x groups, summed (columns where nothing is combined)
  double utilization = 1;         // nonzeros / (nonempty rows x groups), over all cells
};
[[nodiscard]] CombiningState combining_state(const network::Cnn& network);

/// What one combining did.
struct CombiningOutcome {
  double retained_magnitude = 1;        // over the layers that were combined
  std::uint64_t regrouped_columns = 0;  // columns that changed group, summed over the layers
};

/// Prunes every (not fixed) convolution layer's smallest weights, groups its columns and prunes the
/// conflicts (paper Algorithm 1, lines of one iteration): new masks and groups in `network`. Stored
/// values of pruned weights stay. The search policy starts from the last groups beside its other
/// starting points. Layers are independent and run on `threads` threads.
CombiningOutcome prune_and_combine(network::Cnn& network, const Pruning& pruning,
                                   const CombiningOptions& options, std::uint64_t seed,
                                   std::size_t threads);

}  // namespace colcomb::training
