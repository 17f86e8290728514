#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/combining/grouping.hpp"

namespace colcomb::combining {

/// How a network is combined into given numbers of groups.
struct CombineToGroupsOptions {
  /// Most groups of each layer, hidden layers first, the classifier last. A layer with as many as
  /// it has columns, or more, is left dense.
  std::vector<std::size_t> groups;
  /// N x M importance of each layer's weights (GroupingOptions::importance). Empty: the objective.
  std::vector<Matrix<float>> importance;
  GroupingPolicy policy = GroupingPolicy::kSearch;  // the only one that takes a number of groups
  Objective objective = Objective::kMagnitude;      // what is retained most of, without importances
  std::uint64_t seed = 1;                           // layer i draws from seed + i
  /// Weights that a mask has pruned stay pruned. Off: all stored nonzero weights take part.
  bool pruned_stay_pruned = false;
  bool start_from_groups = false;  // see NetworkCombineOptions
  bool bound = false;              // also compute each layer's gap to the bound
  std::size_t threads = 1;         // layers are independent; results do not depend on it
};

/// Combines each layer's columns into at most its number of groups, of at most the layer's alpha
/// columns each, so that most importance is kept; conflicts have no other limit, and no weight is
/// pruned that a cell has room for. A row in which a weight takes part keeps one. Layers of fixed
/// weights are left as they are. Requires: validate(network) passes; groups * alpha of a layer is
/// at least its columns. Errors: UserError for a policy other than search.
NetworkCombined combine_to_groups(FloatNetwork& network, const CombineToGroupsOptions& options);

}  // namespace colcomb::combining
