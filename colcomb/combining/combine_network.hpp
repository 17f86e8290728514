#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/layer_report.hpp"
#include "colcomb/combining/combine.hpp"

namespace colcomb::combining {

/// How many weights of each layer magnitude pruning removes before its columns are grouped.
struct LayerPruning {
  /// Which weights take part.
  enum class Weights : std::uint8_t {
    /// Every stored weight but those that are 0: a weight pruned before may come back (the cubic
    /// schedule). Fractions are of these.
    kStored,
    /// Those that the mask keeps; the others stay pruned. Fractions are of all weights that the
    /// layer could have (weight_count), of which the pruned ones count as the smallest.
    kKept,
    /// Those that the mask keeps, and fractions are of these, rounded up in every layer so that a
    /// round never prunes nothing (the paper's Algorithm 1).
    kFractionOfKept,
  };

  Weights weights = Weights::kKept;  // which weights take part
  double rate = 0;                   // 0 to 1
  /// Prune less where little room is needed: with c = conv_groups the fraction is rate * (1 - c /
  /// alpha), as of c columns that a row could fill only c / alpha fit into its cells, and where
  /// alpha
  /// <= c, so that no column is in another's way, rate_alpha_one. Off: the rate in every layer.
  bool less_for_small_alpha = false;
  double rate_alpha_one = 0;  // 0 to 1

  /// The fraction of a layer with this alpha and so many convolution groups.
  [[nodiscard]] double fraction(std::size_t alpha, std::size_t conv_groups) const;
};

/// One set of rules for every layer of a network: training's pruning steps and `colcomb pack`
/// combine by them.
struct NetworkCombineOptions {
  LayerPruning pruning;  // what is pruned before columns are grouped
  /// The grouping of every layer but for alpha, which is each layer's own, and gamma, which is 0
  /// for grouped convolutions that need no conflicts (gamma_of_grouped). Layer i (hidden layers
  /// from 0) draws from seed + i. `importance` and `start` must be null.
  GroupingOptions grouping;
  /// In place of every layer's alpha; the network then has it too. Absent: each layer's own.
  std::optional<std::size_t> alpha;
  bool fill_empty_cells = false;  // see CombineOptions
  /// The search policy starts from the layer's groups too, where it has some.
  bool start_from_groups = false;
  /// Most tiles of array_rows x array_cols for each layer, in place of grouping.groups_target; 0:
  /// no such limit.
  std::size_t tiles_target = 0;
  std::size_t array_rows = 32;  // of the array that tiles_target counts tiles of
  std::size_t array_cols = 32;  // likewise
  bool bound = false;           // also compute each layer's gap to the bound, O(N * G^2 + M^2)
  std::size_t threads = 1;      // layers are independent; results do not depend on it
};

/// What combining did to one hidden layer.
struct LayerCombined {
  std::size_t layer = 0;                // index; the classifier is the last
  double retained_magnitude = 1;        // of the weights that took part
  std::uint64_t regrouped_columns = 0;  // columns that changed group (regrouping.hpp)
  std::optional<double> gap_to_bound;  // with NetworkCombineOptions::bound (Combined::gap_to_bound)
};

/// What combine_network did.
struct NetworkCombined {
  std::vector<LayerCombined> layers;  // those that were combined, in order
  /// Over the combined layers: sum of surviving |w| / sum of |w| of the weights that took part.
  double retained_magnitude = 1;
};

/// Prunes every hidden layer's smallest weights, groups its columns and prunes the conflicts
/// (paper, Algorithm 1, one iteration without its retraining): new masks and groups, stored weights
/// stay. Layers of fixed weights and the classifier are left as they are. Requires:
/// validate(network) passes. Errors: UserError for options out of range.
NetworkCombined combine_network(FloatNetwork& network, const NetworkCombineOptions& options);

/// What combining did to each layer of a network, the classifier and layers of fixed weights
/// included, and in total. Layers without groups count each column as a group of its own. This
/// total is the one that every command prints.
[[nodiscard]] CombiningReport report_network(const FloatNetwork& network, std::size_t array_rows,
                                             std::size_t array_cols);

}  // namespace colcomb::combining
