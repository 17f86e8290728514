#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb::tiling {

/// What a network costs on an array, layer after layer, by the closed form of
/// docs/reference/cycle-model.md.
struct NetworkClocks {
  std::uint64_t tiles = 0;    // weight tiles: loads of the array for one batch but for pixel blocks
  std::uint64_t latency = 0;  // clocks of the first batch
  std::uint64_t interval = 0;  // clocks from batch to batch in steady state

  bool operator==(const NetworkClocks&) const = default;
};

/// Requires: config.cross_layer is not set.
[[nodiscard]] NetworkClocks network_clocks(const ArrayConfig& config, const Schedule& schedule);

/// The same of a network that has yet to be combined into `groups` groups, one number per layer,
/// the classifier's last (planned_shapes). Errors: UserError as make_schedule.
[[nodiscard]] NetworkClocks planned_clocks(const NetworkDescription& network,
                                           const ArrayConfig& config,
                                           const std::vector<std::size_t>& groups);

}  // namespace colcomb::tiling
