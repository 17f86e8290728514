#include "colcomb/combining/combine_to_groups.hpp"

#include <optional>
#include <utility>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/combine_parts.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "colcomb/combining/regrouping.hpp"

namespace colcomb::combining {
namespace {

/// The weights that take part.
Matrix<std::uint8_t> remaining(const FloatLayer& layer, const CombineToGroupsOptions& options) {
  const bool masked_out = options.pruned_stay_pruned && !layer.mask.empty();
  return nonzero_mask(masked_out ? masked(layer.weights, layer.mask) : layer.weights);
}

/// Every weight in its place, every column a group of its own. A mask that never was is not made.
Combined dense(const LayerDescription& description, const FloatLayer& layer,
               const CombineToGroupsOptions& options) {
  Combined result;
  result.groups = singleton_groups(layer.weights.cols());
  if (options.pruned_stay_pruned) {
    result.mask = layer.mask;
    const double all = magnitude_of(layer.weights);
    if (!layer.mask.empty() && all > 0)
      result.retained_magnitude = magnitude_of(masked(layer.weights, layer.mask)) / all;
  } else if (description.conv_groups > 1) {
    result.mask = nonzero_mask(layer.weights);
  } else if (!layer.mask.empty()) {
    result.mask = Matrix<std::uint8_t>(layer.weights.rows(), layer.weights.cols(), std::uint8_t{1});
  }
  return result;
}

Combined combine_layer(const NetworkDescription& network, const FloatLayer& layer,
                       std::size_t index, const CombineToGroupsOptions& options) {
  const LayerDescription& description = network.layer(index);
  const std::size_t groups = options.groups[index];
  if (groups >= layer.weights.cols()) return dense(description, layer, options);
  CombineOptions combine;
  combine.bound = options.bound;
  combine.grouping.policy = options.policy;
  combine.grouping.objective = options.objective;
  combine.grouping.alpha = description.alpha;
  combine.grouping.gamma = static_cast<double>(description.alpha);  // never reached
  combine.grouping.groups_target = groups;
  combine.grouping.seed = options.seed + index;
  if (!options.importance.empty()) combine.grouping.importance = &options.importance[index];
  if (options.start_from_groups && layer.groups) combine.grouping.start = &*layer.groups;
  return combine_parts(parts_of(network, index), layer.weights, remaining(layer, options), combine);
}

}  // namespace

NetworkCombined combine_to_groups(FloatNetwork& network, const CombineToGroupsOptions& options) {
  COLCOMB_CHECK(options.groups.size() == network.layer_count(), "one number of groups per layer");
  COLCOMB_CHECK(options.importance.empty() || options.importance.size() == network.layer_count(),
                "one importance per layer");
  if (options.policy != GroupingPolicy::kSearch) {
    throw option_error("combining.policy", name_of(options.policy),
                       "only search combines into a given number of groups");
  }
  std::vector<std::optional<Combined>> results(network.layer_count());
  parallel_for(results.size(), options.threads, [&](std::size_t i) {
    const LayerDescription& description = network.description.layer(i);
    if (!description.fixed)
      results[i] = combine_layer(network.description, network.layer(i), i, options);
  });
  NetworkCombined outcome;
  double kept = 0;
  double total = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i]) continue;
    FloatLayer& layer = network.layer(i);
    const std::size_t columns = layer.weights.cols();
    const double magnitude = magnitude_of(layer.weights);
    outcome.layers.push_back({i, results[i]->retained_magnitude,
                              count_regrouped(layer.groups.value_or(singleton_groups(columns)),
                                              results[i]->groups, columns),
                              results[i]->gap_to_bound});
    kept += magnitude * results[i]->retained_magnitude;
    total += magnitude;
    layer.mask = std::move(results[i]->mask);
    layer.groups = std::move(results[i]->groups);
  }
  if (total > 0) outcome.retained_magnitude = kept / total;
  return outcome;
}

}  // namespace colcomb::combining
