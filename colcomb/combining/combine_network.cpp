#include "colcomb/combining/combine_network.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/combine_parts.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "colcomb/combining/regrouping.hpp"

namespace colcomb::combining {
namespace {

CombineOptions layer_options(const NetworkCombineOptions& options, std::size_t index,
                             const LayerDescription& description, const FloatLayer& layer) {
  CombineOptions result;
  result.prune_fraction = options.pruning.fraction(description.alpha, description.conv_groups);
  result.fill_empty_cells = options.fill_empty_cells;
  result.bound = options.bound;
  result.grouping = options.grouping;
  result.grouping.alpha = description.alpha;
  result.grouping.gamma =
      gamma_of_grouped(options.grouping.gamma, description.alpha, description.conv_groups);
  result.grouping.seed = options.grouping.seed + index;
  if (options.tiles_target > 0) {
    result.grouping.groups_target = groups_for_tiles(options.tiles_target, description.out_channels,
                                                     options.array_rows, options.array_cols);
  }
  const bool search = options.grouping.policy == GroupingPolicy::kSearch;
  if (options.start_from_groups && search && layer.groups) result.grouping.start = &*layer.groups;
  return result;
}

struct Result {
  Combined combined;
  double magnitude = 0;  // sum of |w| of the weights that took part
};

Matrix<std::uint8_t> kept_mask(const FloatLayer& layer) {
  if (!layer.mask.empty()) return layer.mask;
  return Matrix<std::uint8_t>(layer.weights.rows(), layer.weights.cols(), std::uint8_t{1});
}

/// A fraction of `count` weights whose product, rounded down, is that of `fraction` rounded up.
double rounded_up(double fraction, double count) {
  const double pruned = std::ceil(fraction * count - 1e-9);  // 0.1 * 30 is 3 and a little in double
  return pruned > 0 ? std::min(1.0, (pruned + 0.5) / count) : 0.0;
}

/// The fraction of the kept weights that must go so that floor(fraction * all) are pruned in all.
double of_kept(double fraction, std::size_t all, std::size_t kept) {
  const double wanted = std::floor(fraction * static_cast<double>(all));
  const double more = wanted - static_cast<double>(all - kept);
  // Half a weight more, so that rounding down gives `more`.
  return more > 0 ? std::min(1.0, (more + 0.5) / static_cast<double>(kept)) : 0.0;
}

Result combine_layer(const NetworkDescription& network, std::size_t index, const FloatLayer& layer,
                     LayerPruning::Weights which, CombineOptions options) {
  const LayerDescription& description = network.layer(index);
  const std::vector<LayerPart> parts = parts_of(network, index);
  // A stored value of 0 is no weight: it must not count as one that is pruned.
  if (which == LayerPruning::Weights::kStored) {
    return {combine_parts(parts, layer.weights, nonzero_mask(layer.weights), options),
            magnitude_of(layer.weights)};
  }
  const Matrix<std::uint8_t> kept = kept_mask(layer);
  if (which == LayerPruning::Weights::kFractionOfKept) {
    const auto count = static_cast<double>(std::ranges::count(kept.values(), 1));
    options.prune_fraction = rounded_up(options.prune_fraction, count);
    return {combine_parts(parts, layer.weights, kept, options), magnitude_of(layer.weights)};
  }
  const Matrix<float> effective = masked(layer.weights, kept);
  const Matrix<std::uint8_t> nonzero = nonzero_mask(effective);
  const auto count = static_cast<std::size_t>(std::ranges::count(nonzero.values(), 1));
  options.prune_fraction =
      of_kept(options.prune_fraction, std::max(weight_count(description), count), count);
  return {combine_parts(parts, effective, nonzero, options), magnitude_of(effective)};
}

}  // namespace

double LayerPruning::fraction(std::size_t alpha, std::size_t conv_groups) const {
  if (!less_for_small_alpha) return rate;
  if (alpha <= conv_groups) return rate_alpha_one;
  return rate * (1.0 - static_cast<double>(conv_groups) / static_cast<double>(alpha));
}

NetworkCombined combine_network(FloatNetwork& network, const NetworkCombineOptions& options) {
  COLCOMB_CHECK(!options.grouping.importance && !options.grouping.start,
                "importance and start are of one matrix");
  std::vector<std::size_t> layers;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    LayerDescription& description = network.description.hidden[i];
    if (description.fixed) continue;
    if (options.alpha) description.alpha = *options.alpha;
    layers.push_back(i);
  }
  std::vector<Result> results(layers.size());
  parallel_for(layers.size(), options.threads, [&](std::size_t k) {
    const LayerDescription& description = network.description.hidden[layers[k]];
    const FloatLayer& layer = network.hidden[layers[k]];
    results[k] = combine_layer(network.description, layers[k], layer, options.pruning.weights,
                               layer_options(options, layers[k], description, layer));
  });
  NetworkCombined outcome;
  double kept = 0;
  double total = 0;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    FloatLayer& layer = network.hidden[layers[k]];
    Combined& combined = results[k].combined;
    const std::size_t columns = layer.weights.cols();
    outcome.layers.push_back({layers[k], combined.retained_magnitude,
                              count_regrouped(layer.groups.value_or(singleton_groups(columns)),
                                              combined.groups, columns),
                              combined.gap_to_bound});
    kept += results[k].magnitude * combined.retained_magnitude;
    total += results[k].magnitude;
    layer.mask = std::move(combined.mask);
    layer.groups = std::move(combined.groups);
  }
  if (total > 0) outcome.retained_magnitude = kept / total;
  return outcome;
}

}  // namespace colcomb::combining
