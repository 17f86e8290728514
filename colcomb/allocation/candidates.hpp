#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/allocation/measure.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::allocation {

/// Fewest groups of each layer, the classifier last: ceil(M / alpha), of a layer that reads several
/// maps that of each map's columns, and as many as it has columns for a layer of fixed weights,
/// which is never combined anew.
[[nodiscard]] std::vector<std::size_t> least_groups(const NetworkDescription& network);
/// Most groups of each layer: its columns.
[[nodiscard]] std::vector<std::size_t> most_groups(const NetworkDescription& network);

/// Column tiles of so many groups; no tile has groups of two maps.
[[nodiscard]] std::size_t column_tiles(const LayerDescription& layer, const ArrayConfig& array,
                                       std::size_t groups);
/// The most groups that take no more column tiles than `groups` do.
[[nodiscard]] std::size_t filling_groups(const LayerDescription& layer, const ArrayConfig& array,
                                         std::size_t groups);

/// What a network costs on an array when its layers have so many groups (one number per layer).
/// Errors: UserError where the array cannot take the network (tiling::make_schedule), and naming
/// schedule.cross_layer, with which every layer has an array of its own.
[[nodiscard]] std::uint64_t cost_of(const NetworkDescription& network, const ArrayConfig& array,
                                    const Measure& measure, const std::vector<std::size_t>& groups);

/// A number of groups that a layer could have, and what it adds to the quantity.
struct Candidate {
  std::size_t groups = 0;  // of the packed matrix
  std::uint64_t cost = 0;  // above what the layer's cheapest candidate costs
};

/// Per layer the numbers of groups worth a thought, ascending: the most groups at each cost. A
/// layer's cost is what the whole network's changes by if it alone leaves its least number. For
/// clocks, tiles and energy that is a step function (of energy but for the weights' bytes), so
/// there is one candidate per number of column tiles.
[[nodiscard]] std::vector<std::vector<Candidate>> candidates(const NetworkDescription& network,
                                                             const ArrayConfig& array,
                                                             const Measure& measure);

}  // namespace colcomb::allocation
