#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/tiling/tile_activity.hpp"

namespace colcomb::tiling {

// All that a machine counts, layer after layer, is known from its schedule.

/// One part per tile of the schedule and per layer, all counts zero. `total` is named "network" and
/// has no rows and groups of its own.
[[nodiscard]] SimulationResult describe_schedule(const NetworkDescription& network,
                                                 const ArrayConfig& config,
                                                 const Schedule& schedule);

/// One per tile of the schedule.
[[nodiscard]] std::vector<TileFacts> facts_of(const NetworkDescription& network,
                                              const Schedule& schedule);

/// Counts `images` images, whole batches, into the described result's tiles, and sets latency and
/// interval. `facts`: one per tile.
void count_tiles(SimulationResult& result, const Schedule& schedule, std::uint64_t images,
                 const std::vector<TileFacts>& facts);

/// Sums the tiles' counts into the layers and the layers' into the total.
/// Requires: `result` describes this schedule; tiles are counted.
void sum_tiles(SimulationResult& result, const Schedule& schedule);

/// The counts of `images` images, whole batches, of a network that has yet to be combined into
/// `groups` groups, one number per layer, the classifier's last (planned_shapes): every cell in use
/// holds a weight, and all that is read lies inside the map. Requires: config.cross_layer is not
/// set. Errors: UserError as make_schedule.
[[nodiscard]] SimulationResult planned_counts(const NetworkDescription& network,
                                              const ArrayConfig& config,
                                              const std::vector<std::size_t>& groups,
                                              std::uint64_t images);

}  // namespace colcomb::tiling
