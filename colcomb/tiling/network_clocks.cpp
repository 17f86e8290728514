#include "colcomb/tiling/network_clocks.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/steady_interval.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::tiling {

NetworkClocks network_clocks(const ArrayConfig& config, const Schedule& schedule) {
  COLCOMB_CHECK(!config.cross_layer, "with cross_layer every layer has an array of its own");
  NetworkClocks result;
  TileClocks clocks(config, schedule);
  Clock latest = 0;
  for (const Tile& tile : schedule.tiles) {
    if (tile.word_begin == 0) ++result.tiles;
    latest = std::max(latest, clocks.next().last_result + 1);
  }
  result.latency = static_cast<std::uint64_t>(latest);
  result.interval = steady_interval(config, schedule);
  return result;
}

NetworkClocks planned_clocks(const NetworkDescription& network, const ArrayConfig& config,
                             const std::vector<std::size_t>& groups) {
  const std::vector<PackedShape> shapes = planned_shapes(network, config, groups);
  return network_clocks(config, make_schedule(network, shapes, config));
}

}  // namespace colcomb::tiling
