#include "colcomb/tiling/program.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/layer_tiles.hpp"
#include "colcomb/tiling/limits.hpp"
#include "colcomb/tiling/placement.hpp"

namespace colcomb::tiling {
namespace {

/// Decides where the weights are: read once and kept, or read by every tile.
void decide_weight_residency(TileProgram& program, const ArrayConfig& config) {
  std::uint64_t bytes = 0;
  for (const Tile& tile : program.tiles) {
    if (tile.word_begin == 0) bytes += tile.weight_bytes;
  }
  program.weights_resident = bytes <= config.weight_bytes;
  if (!program.weights_resident) return;
  program.initial_weight_bytes = bytes;
  for (Tile& tile : program.tiles) tile.weight_bytes = 0;
}

}  // namespace

TileProgram make_program(const QuantizedNetwork& network, const ArrayConfig& config) {
  require_fits(network, config);
  std::vector<PackedShape> shapes;
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    shapes.push_back(shape_of(network.layer(i), network.description.layer(i), config));
  return make_program(network.description, shapes, config);
}

TileProgram make_program(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
                         const ArrayConfig& config) {
  COLCOMB_CHECK(shapes.size() == network.layer_count(), "one shape per layer");
  const Placement placement = place_maps(network, config);
  TileProgram program;
  program.output_in_dram = placement.output_in_dram;
  program.images_in_dram = placement.input_in_dram(0);
  for (std::size_t layer = 0; layer < shapes.size(); ++layer)
    append_layer(program.tiles, network, shapes[layer], config, placement, layer);
  if (!program.images_in_dram)
    program.tiles.front().input_bytes += config.batch * network.input.size();
  decide_weight_residency(program, config);
  program.slots = config.weight_bytes < 2 * config.tile_bytes() ? 1 : 2;
  return program;
}

bool reads_map_in_dram(const NetworkDescription& network, const TileProgram& program,
                       std::size_t layer) {
  if (layer == 0) return false;
  const auto& residual = network.layer(layer).residual;
  return program.output_in_dram[layer - 1] != 0 ||
         (residual && program.output_in_dram[*residual] != 0);
}

std::uint64_t residual_rows(const NetworkDescription& network, std::size_t layer,
                            std::uint64_t row_begin, std::uint64_t rows) {
  const auto& residual = network.layer(layer).residual;
  if (!residual) return 0;
  const std::uint64_t channels = network.layer(*residual).out_channels;
  return std::min(row_begin + rows, channels) - std::min(row_begin, channels);
}

}  // namespace colcomb::tiling
