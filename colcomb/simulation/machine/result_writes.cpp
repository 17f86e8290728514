#include "colcomb/simulation/machine/result_writes.hpp"

namespace colcomb::simulation::machine {

ResultWrites result_writes(const TileProgram& program, const WordToken& token, std::size_t row) {
  const Tile& tile = program.schedule.tiles[token.tile];
  const TileSetup& setup = program.tiles[token.tile];
  const LayerSetup& layer = program.layers[tile.layer];
  const std::uint64_t row_in_bus = row % program.array.rows_per_bus();
  ResultWrites writes;
  writes.to_data = layer.role == LayerRole::kHidden && tile.write_clocks > 0;
  writes.to_pooling = layer.role == LayerRole::kPooled;
  if (layer.keep) {
    writes.to_residual = true;
    writes.residual_address = program.rows[setup.row_begin + row].keep_address +
                              std::uint64_t{token.image} * layer.words().outputs() + token.pixel;
  }
  if (!layer.to_dram) return writes;
  writes.to_output = true;
  const std::uint64_t value_bytes = layer.role == LayerRole::kClassifier ? 4 : 1;
  writes.output_address = static_cast<std::uint64_t>(setup.output_offset) +
                          row_in_bus * setup.output_row_bytes + value_bytes * token.output +
                          (token.output_turn ? program.slots.output : 0);
  return writes;
}

}  // namespace colcomb::simulation::machine
