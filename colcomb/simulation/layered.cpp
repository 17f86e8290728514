#include "colcomb/simulation/layered.hpp"

#include <vector>

#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/schedule_counts.hpp"

namespace colcomb::simulation {

SimulationResult count_layered(const QuantizedNetwork& network, const ArrayConfig& config,
                               std::uint64_t images) {
  const Schedule schedule = tiling::make_schedule(network, config);
  SimulationResult result = tiling::describe_schedule(network.description, config, schedule);
  tiling::count_tiles(result, schedule, images, tiling::facts_of(network.description, schedule));
  complete_layered(result, schedule);
  return result;
}

SimulationResult count_program(const TileProgram& program, std::uint64_t images) {
  std::vector<tiling::TileFacts> facts;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const LayerSetup& layer = program.layers[tile.layer];
    tiling::TileFacts& fact = facts.emplace_back();
    fact.classifier = layer.role == LayerRole::kClassifier;
    fact.to_dram = layer.to_dram;
    fact.kept = layer.keep;
    fact.table = !layer.table.empty();
    for (std::uint32_t r = 0; r < tile.rows; ++r)
      fact.residual_rows += program.rows[program.tiles[t].row_begin + r].has_residual ? 1 : 0;
  }
  SimulationResult result = describe_program(program);
  tiling::count_tiles(result, program.schedule, images, facts);
  tiling::sum_tiles(result, program.schedule);
  return result;
}

}  // namespace colcomb::simulation
