#include "colcomb/allocation/explain.hpp"

#include <fmt/format.h>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/network_clocks.hpp"

namespace colcomb::allocation {

AllocationReport describe_costs(const NetworkDescription& network, const ArrayConfig& array,
                                const std::vector<std::size_t>& groups) {
  AllocationReport report;
  report.array = array.name;
  const std::vector<std::size_t> least = least_groups(network);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const LayerDescription& description = network.layer(i);
    LayerAllocation layer;
    layer.name = description.name;
    layer.rows = description.out_channels;
    layer.columns = description.columns.size();
    layer.least = least[i];
    layer.groups = groups[i];
    layer.tiles =
        ceil_divide(layer.rows, array.rows) * column_tiles(description, array, layer.groups);
    report.layers.push_back(layer);
  }
  report.tiles = cost_of(network, array, Quantity::kTiles, groups);
  report.macs = cost_of(network, array, Quantity::kMacs, groups);
  if (!array.cross_layer) {
    const tiling::NetworkClocks clocks = tiling::planned_clocks(network, array, groups);
    report.latency = clocks.latency;
    report.interval = clocks.interval;
  }
  return report;
}

std::string fit_reason(const LayerAllocation& allocation, const LayerDescription& layer,
                       const ArrayConfig& array) {
  const std::size_t tiles = column_tiles(layer, array, allocation.groups);
  const std::string width =
      fmt::format("{} column tile{} of {}", tiles, tiles == 1 ? "" : "s", array.columns);
  if (layer.fixed) return "fixed weights, never combined";
  if (allocation.groups == allocation.columns) {
    return allocation.least == allocation.columns
               ? fmt::format("dense: alpha is {}", layer.alpha)
               : fmt::format("dense: all {} columns fit the {} that alpha {} needs",
                             allocation.columns, width, layer.alpha);
  }
  if (allocation.groups == allocation.least &&
      allocation.groups != filling_groups(layer, array, allocation.groups))
    return fmt::format("as few as alpha {} allows: more would cost clocks", layer.alpha);
  return fmt::format("fills the {} that alpha {} needs for {} groups", width, layer.alpha,
                     allocation.least);
}

std::string budget_reason(const std::vector<Candidate>& candidates,
                          const std::vector<double>& retained, std::size_t chosen,
                          Quantity quantity) {
  if (candidates.size() == 1) return "the only number of groups at its cost";
  const auto unit = quantity == Quantity::kTiles    ? "tiles"
                    : quantity == Quantity::kMacs   ? "multiply-accumulates"
                    : quantity == Quantity::kEnergy ? "pJ"
                                                    : "clocks";
  const auto price = [&](std::size_t from, std::size_t to) {
    return fmt::format("{} {} for {:.1f}% of the layer's importance",
                       candidates[to].cost - candidates[from].cost, unit,
                       100 * (retained[to] - retained[from]));
  };
  if (chosen + 1 == candidates.size())
    return "dense; the last step cost " + price(chosen - 1, chosen);
  return fmt::format("{} groups more would cost {}",
                     candidates[chosen + 1].groups - candidates[chosen].groups,
                     price(chosen, chosen + 1));
}

}  // namespace colcomb::allocation
