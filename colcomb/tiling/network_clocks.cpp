#include "colcomb/tiling/network_clocks.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/program.hpp"
#include "colcomb/tiling/steady_interval.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::tiling {

NetworkClocks network_clocks(const NetworkDescription& network, const ArrayConfig& config,
                             const TileProgram& program) {
  COLCOMB_CHECK(!config.cross_layer, "with cross_layer every layer has an array of its own");
  NetworkClocks result;
  TileClocks clocks(network, config, program);
  Clock latest = 0;
  for (const Tile& tile : program.tiles) {
    if (tile.word_begin == 0) ++result.tiles;
    latest = std::max(latest, clocks.next().last_result + 1);
  }
  result.latency = static_cast<std::uint64_t>(latest);
  result.interval = steady_interval(network, config, program);
  return result;
}

NetworkClocks planned_clocks(const NetworkDescription& network, const ArrayConfig& config,
                             const std::vector<std::size_t>& groups) {
  COLCOMB_CHECK(groups.size() == network.layer_count(), "one number of groups per layer");
  std::vector<PackedShape> shapes;
  for (std::size_t i = 0; i < groups.size(); ++i)
    shapes.push_back(planned_shape(network.layer(i), config, groups[i]));
  return network_clocks(network, config, make_program(network, shapes, config));
}

}  // namespace colcomb::tiling
