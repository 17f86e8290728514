#include "colcomb/simulation/machine/row_output.hpp"

namespace colcomb::simulation::machine {

void RowOutput::compute(const In& in) {
  next_.token = *in.token;
  if (!in.token->valid) return;
  const Tile& tile = program_.schedule.tiles[in.token->tile];
  next_ = {.token = *in.token};
  next_.active = row_ < tile.rows;
  if (!next_.active) return;
  next_.accumulation = in.accumulation;
  const LayerSetup& layer = program_.layers[tile.layer];
  const TileSetup& setup = program_.tiles[in.token->tile];
  const std::uint64_t row_in_bus = row_ % program_.array.rows_per_bus();
  if (!tile.last) {
    next_.to_partial_sums = true;
    next_.partial_sum_address = program_.array.accumulation_bits / 8 *
                                (row_in_bus * setup.partial_sum_words + in.token->word);
    return;
  }
  next_.byte =
      quantize_bits(in.accumulation, program_.array.accumulation_bits, layer.fraction_bits);
  direct(tile, setup, layer);
}

/// Says where a result of the last column tile goes.
void RowOutput::direct(const Tile& tile, const TileSetup& setup, const LayerSetup& layer) {
  const WordToken& token = next_.token;
  const std::uint64_t row_in_bus = row_ % program_.array.rows_per_bus();
  next_.to_data = layer.role == LayerRole::kHidden && tile.write_clocks > 0;
  next_.to_pooling = layer.role == LayerRole::kPooled;
  if (layer.keep) {
    next_.to_residual = true;
    next_.residual_address =
        program_.rows[setup.row_begin + row_].keep_address +
        (std::uint64_t{token.image} * layer.out_height + token.y) * layer.out_width + token.x;
  }
  if (!layer.to_dram) return;
  next_.to_output = true;
  const std::uint64_t value_bytes = layer.role == LayerRole::kClassifier ? 4 : 1;
  next_.output_address = static_cast<std::uint64_t>(setup.output_offset) +
                         row_in_bus * setup.output_row_bytes + value_bytes * token.word +
                         (token.output_turn ? program_.slots.output : 0);
}

}  // namespace colcomb::simulation::machine
