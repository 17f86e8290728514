#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "colcomb/allocation/budget.hpp"
#include "colcomb/artifacts/allocation_report.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/combining/grouping.hpp"

namespace colcomb::allocation {

/// How combine_for_array combines.
struct CombineForArrayOptions {
  /// Most columns in a group; absent: the array's data lines.
  std::optional<std::size_t> alpha;
  /// Absent: as many groups as cost nothing more (fit). With one the classifier is combined too.
  std::optional<Budget> budget;
  combining::GroupingPolicy policy = combining::GroupingPolicy::kSearch;  // how columns are grouped
  combining::Objective objective = combining::Objective::kMagnitude;      // between layers too
  std::uint64_t seed = 1;   // of policies that draw random numbers
  bool bound = false;       // also compute each layer's gap to the bound
  std::size_t threads = 1;  // results do not depend on it
};

/// What combine_for_array did.
struct CombinedForArray {
  combining::NetworkCombined combined;  // what combining did to each layer
  AllocationReport allocation;          // what each layer got, and why
};

/// Combines a trained network for an array without training it any further: weights that its masks
/// have pruned stay pruned. New masks, groups and alphas in `network`; layers of fixed weights are
/// left as they are. Requires: validate(network) passes. Errors: UserError (option_error) for an
/// alpha above the array's, a budget that cannot be kept, a policy other than search.
[[nodiscard]] CombinedForArray combine_for_array(FloatNetwork& network, const ArrayConfig& array,
                                                 const CombineForArrayOptions& options);

}  // namespace colcomb::allocation
