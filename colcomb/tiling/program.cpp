#include "colcomb/tiling/program.hpp"

#include <algorithm>

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
  const Placement placement = place_maps(network.description, config);
  TileProgram program;
  program.output_in_dram = placement.output_in_dram;
  program.images_in_dram = placement.input_in_dram(0);
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer)
    append_layer(program.tiles, network, config, placement, layer);
  if (!program.images_in_dram)
    program.tiles.front().input_bytes += config.batch * network.description.input.size();
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
