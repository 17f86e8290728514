#include "colcomb/simulation/machine/row_output.hpp"

namespace colcomb::simulation::machine {

void RowOutput::take(const In& in) {
  const Tile& tile = program_.schedule.tiles[in.token->tile];
  next_.token = *in.token;
  next_.active = row_ < tile.rows;
  next_.to_partial_sums = next_.active && !tile.last;
  next_.to_windows = false;
  if (!next_.active) return;
  next_.accumulation = in.accumulation;
  const LayerSetup& layer = program_.layers[tile.layer];
  const TileSetup& setup = program_.tiles[in.token->tile];
  if (!tile.last) {
    const std::uint64_t row_in_bus = row_ % program_.array.rows_per_bus();
    next_.partial_sum_address = program_.array.accumulation_bits / 8 *
                                (row_in_bus * setup.partial_sum_words + in.token->word);
    return;
  }
  next_.byte = quantize_bits(in.accumulation, program_.array.accumulation_bits,
                             layer.row_fraction_bits(tile.row_begin + row_));
  if (!layer.table.empty()) next_.byte = layer.entry(tile.row_begin + row_, next_.byte);
  next_.to_windows = layer.pooling.has_value();
  if (!next_.to_windows) next_.writes = result_writes(program_, *in.token, row_);
}

}  // namespace colcomb::simulation::machine
