#include "colcomb/simulation/activity.hpp"

#include <algorithm>

#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/tile_activity.hpp"

namespace colcomb::simulation {

ActivityCount pipelined_activity(const QuantizedNetwork& network, const tiling::Pipeline& pipeline,
                                 std::size_t layer, std::uint64_t images) {
  const tiling::Stage& stage = pipeline.stages[layer];
  const ArrayConfig& array = stage.program.array;
  const Tile& tile = stage.program.schedule.tiles.front();
  tiling::TileFacts facts;
  facts.residual_rows = tiling::residual_rows(network.description, layer, 0, array.rows);
  facts.table = network.description.layer(layer).activation.has_value();
  ActivityCount count;
  const ActivityCount image = tiling::tile_activity(tile, array, facts);
  for (const ActivityCounter& counter : activity_counters())
    count.*counter.count = images * image.*counter.count;
  for (const std::size_t reader : stage.readers) {
    const std::size_t rows = pipeline.stages[reader].program.array.rows;
    count.residual_write_bytes +=
        images * tile.outputs * tiling::residual_rows(network.description, reader, 0, rows);
  }
  if (network.is_classifier(layer)) count.dram_write_bytes = 4 * tile.rows * tile.words * images;
  count.weight_load_bits = array.rows * array.columns * array.weight_bits();
  count.dram_read_bytes = stage.program.weights.size();
  if (layer == 0) count.dram_read_bytes += images * pipeline.image_bytes();
  return count;
}

}  // namespace colcomb::simulation
