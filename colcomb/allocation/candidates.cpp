#include "colcomb/allocation/candidates.hpp"

#include <algorithm>
#include <ranges>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/tiling/network_clocks.hpp"

namespace colcomb::allocation {
namespace {

std::uint64_t tiles_of(const LayerDescription& layer, const ArrayConfig& array,
                       std::size_t groups) {
  return ceil_divide(layer.out_channels, array.rows) * column_tiles(layer, array, groups);
}

std::uint64_t macs_of(const LayerDescription& layer, std::size_t groups) {
  return layer.out_channels * groups * layer.sum_pixels();
}

/// The least number of groups and those at which a cost may rise next.
std::vector<std::size_t> steps(const LayerDescription& layer, const ArrayConfig& array,
                               std::size_t least, std::size_t most, bool every) {
  std::vector<std::size_t> result = {least};
  for (std::size_t groups = least; groups < most; result.push_back(groups)) {
    const std::size_t filled = every ? groups : filling_groups(layer, array, groups);
    groups = filled > groups ? filled
             : every         ? groups + 1
                             : filling_groups(layer, array, groups + 1);
  }
  return result;
}

/// Without those that cost as much as a larger number of groups, or more; costs from 0.
std::vector<Candidate> worth_a_thought(const std::vector<Candidate>& all) {
  std::vector<Candidate> result;
  for (const Candidate& candidate : all | std::views::reverse) {
    if (result.empty() || candidate.cost < result.back().cost) result.push_back(candidate);
  }
  std::ranges::reverse(result);
  const std::uint64_t cheapest = std::ranges::min(all, {}, &Candidate::cost).cost;
  for (Candidate& candidate : result) candidate.cost -= cheapest;
  return result;
}

}  // namespace

std::vector<std::size_t> least_groups(const NetworkDescription& network) {
  std::vector<std::size_t> groups;
  for (const LayerDescription& layer : network.all()) {
    std::size_t least = 0;
    for (const std::size_t columns : columns_of_parts(layer))
      least += ceil_divide(columns, layer.alpha);
    groups.push_back(layer.fixed ? layer.columns.size() : least);
  }
  return groups;
}

std::size_t column_tiles(const LayerDescription& layer, const ArrayConfig& array,
                         std::size_t groups) {
  std::size_t tiles = 0;
  for (const std::size_t share : groups_of_parts(layer, groups))
    tiles += ceil_divide(share, array.columns);
  return tiles;
}

std::size_t filling_groups(const LayerDescription& layer, const ArrayConfig& array,
                           std::size_t groups) {
  const std::size_t columns = layer.columns.size();
  if (layer.more_inputs.empty())
    return std::min(columns, ceil_divide(groups, array.columns) * array.columns);
  const std::size_t tiles = column_tiles(layer, array, groups);
  while (groups < columns && column_tiles(layer, array, groups + 1) == tiles) ++groups;
  return groups;
}

std::vector<std::size_t> most_groups(const NetworkDescription& network) {
  std::vector<std::size_t> groups;
  for (const LayerDescription& layer : network.all()) groups.push_back(layer.columns.size());
  return groups;
}

std::uint64_t cost_of(const NetworkDescription& network, const ArrayConfig& array,
                      const Measure& measure, const std::vector<std::size_t>& groups) {
  const Quantity quantity = measure.quantity;
  COLCOMB_CHECK(groups.size() == network.layer_count(), "one number of groups per layer");
  if (quantity == Quantity::kMacs || quantity == Quantity::kTiles) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      sum += quantity == Quantity::kMacs ? macs_of(network.layer(i), groups[i])
                                         : tiles_of(network.layer(i), array, groups[i]);
    }
    return sum;
  }
  if (array.cross_layer) {
    throw option_error("array", array.name,
                       "schedule.cross_layer gives every layer an array of its own, whose clocks "
                       "do not depend on the groups: budget macs, or set it to false");
  }
  if (quantity == Quantity::kEnergy) {
    COLCOMB_CHECK(measure.technology != nullptr, "an energy needs a technology");
    return planned_energy(network, array, *measure.technology, groups);
  }
  const tiling::NetworkClocks clocks = tiling::planned_clocks(network, array, groups);
  return quantity == Quantity::kLatency ? clocks.latency : clocks.interval;
}

std::vector<std::vector<Candidate>> candidates(const NetworkDescription& network,
                                               const ArrayConfig& array, const Measure& measure) {
  const std::vector<std::size_t> least = least_groups(network);
  const std::vector<std::size_t> most = most_groups(network);
  // A multiply-accumulate more is a cost for every group.
  const bool every = measure.quantity == Quantity::kMacs;
  const std::uint64_t base = cost_of(network, array, measure, least);
  std::vector<std::vector<Candidate>> result;
  std::vector<std::size_t> groups = least;
  for (std::size_t layer = 0; layer < least.size(); ++layer) {
    std::vector<Candidate> list;
    for (const std::size_t count :
         steps(network.layer(layer), array, least[layer], most[layer], every)) {
      groups[layer] = count;
      list.push_back(
          {count, count == least[layer] ? base : cost_of(network, array, measure, groups)});
    }
    groups[layer] = least[layer];
    result.push_back(worth_a_thought(list));
  }
  return result;
}

}  // namespace colcomb::allocation
