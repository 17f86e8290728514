// The utilization of each tile, and a small array clock by clock.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/page/clip.hpp"
#include "colcomb/page/sections.hpp"
#include "colcomb/simulation/exact/record_cells.hpp"
#include "colcomb/tiling/schedule.hpp"

namespace colcomb::page {
namespace {

/// Most tiles that are drawn.
constexpr std::size_t kMostTiles = 4000;

/// Most rows and columns of the array that is shown clock by clock.
constexpr std::size_t kClipSide = 4;

ArrayConfig small_array(const RunFolder& run) {
  ArrayConfig array = *run.array;
  array.name = "small";
  array.cross_layer = false;
  array.rows = std::min(array.rows, kClipSide);
  array.columns = std::min(array.columns, kClipSide);
  std::size_t alpha = 1;
  for (const QuantizedLayer& layer : run.network.hidden) {
    for (const auto& group : layer.weights.groups.groups) alpha = std::max(alpha, group.size());
  }
  array.alpha = std::min(array.alpha, alpha);
  return array;
}

}  // namespace

void add_tiles(const RunFolder& run, Document& document) {
  if (!run.counts || run.counts->tiles.empty()) return;
  if (run.counts->tiles.size() > kMostTiles) {
    return document.leave_out("utilization of each tile",
                              fmt::format("{} tiles are more than the {} that a page draws",
                                          run.counts->tiles.size(), kMostTiles));
  }
  const Schedule schedule = tiling::make_schedule(run.network, *run.array);
  Json layers = Json::array();
  for (std::size_t i = 0; i < run.network.layer_count(); ++i)
    layers.push_back({{"name", run.network.description.layer(i).name}, {"tiles", Json::array()}});
  for (std::size_t t = 0; t < schedule.tiles.size(); ++t) {
    const Tile& tile = schedule.tiles[t];
    const SimulatedPart& part = run.counts->tiles[t];
    layers[tile.layer]["tiles"].push_back({{"tile", t},
                                           {"row", tile.row_begin / run.array->rows},
                                           {"column", tile.column_tile},
                                           {"rows", tile.rows},
                                           {"groups", tile.groups},
                                           {"words", tile.words},
                                           {"word_begin", tile.word_begin},
                                           {"cells", part.cells},
                                           {"nonzeros", part.nonzeros},
                                           {"utilization", part.cell_utilization()},
                                           {"clocks", part.cycles.total()}});
  }
  document.json["tiles"] = {{"rows", run.array->rows},
                            {"columns", run.array->columns},
                            {"images", run.counts->images},
                            {"layers", layers}};
}

void add_clip(const RunFolder& run, Document& document) {
  constexpr const char* kPanel = "array, clock by clock";
  if (!run.array) return;
  if (run.array->cell == CellKind::kParallel)
    return document.leave_out(kPanel, "it shows bit-serial cells, and these are none");
  const ArrayConfig array = small_array(run);
  const std::size_t bytes = run.network.description.input.size() * array.batch;
  std::vector<std::uint8_t> images = run.network.samples.pixels;
  const bool sample = images.size() >= bytes;
  images.resize(bytes);
  try {
    add_recording(simulation::record_cells(run.network, array, images, {}),
                  sample ? "a sample image of the packed network" : "a black image", document);
  } catch (const UserError& error) {
    document.leave_out(kPanel, error.what());
  }
}

}  // namespace colcomb::page
