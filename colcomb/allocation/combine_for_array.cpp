#include "colcomb/allocation/combine_for_array.hpp"

#include <fmt/format.h>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/allocation/importance.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/combining/combine_to_groups.hpp"

namespace colcomb::allocation {
namespace {

Allocation allocate_once(const FloatNetwork& network, const ArrayConfig& array,
                         const CombineForArrayOptions& options) {
  if (!options.budget) return fit(network.description, array);
  const Importance importance = options.objective == combining::Objective::kSquare
                                    ? Importance::kSquare
                                    : Importance::kMagnitude;
  FloatNetwork kept = network;
  for (FloatLayer& layer : kept.all()) {
    for (std::size_t k = 0; k < layer.mask.size(); ++k) {
      if (layer.mask.values()[k] == 0) layer.weights.values()[k] = 0;
    }
  }
  return Allocator(network.description, array, *options.budget)
      .allocate(importance_of(kept, importance, {}), 1, options.threads);
}

}  // namespace

CombinedForArray combine_for_array(FloatNetwork& network, const ArrayConfig& array,
                                   const CombineForArrayOptions& options) {
  const std::size_t alpha = options.alpha.value_or(array.alpha);
  if (alpha > array.alpha) {
    throw option_error("grouping.alpha", fmt::to_string(alpha),
                       fmt::format("array {} has {} data lines a column", array.name, array.alpha));
  }
  for (LayerDescription& layer : network.description.hidden) {
    if (!layer.fixed) layer.alpha = alpha;
  }
  if (options.budget) network.description.classifier.alpha = alpha;
  const Allocation allocation = allocate_once(network, array, options);
  combining::CombineToGroupsOptions combine;
  combine.groups = allocation.groups;
  combine.policy = options.policy;
  combine.objective = options.objective;
  combine.seed = options.seed;
  combine.pruned_stay_pruned = true;
  combine.bound = options.bound;
  combine.threads = options.threads;
  return {combining::combine_to_groups(network, combine), allocation.report};
}

}  // namespace colcomb::allocation
