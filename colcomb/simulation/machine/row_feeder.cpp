#include "colcomb/simulation/machine/row_feeder.hpp"

#include <cstring>

#include "colcomb/simulation/machine/line_rings.hpp"

namespace colcomb::simulation::machine {

RowFeeder::RowFeeder(const TileProgram& program, std::size_t row, std::uint64_t ring)
    : program_(program),
      row_(row),
      ring_(ring),
      sum_bytes_(program.array.accumulation_bits / 8),
      mask_(program.array.accumulation_bits == 32 ? ~0U
                                                  : (1U << program.array.accumulation_bits) - 1) {}

/// Looks up the row's descriptor; rows without a filter get 0.
RowFeeder::Stage RowFeeder::describe(const WordToken& token) const {
  const Tile& tile = program_.schedule.tiles[token.tile];
  const TileSetup& setup = program_.tiles[token.tile];
  const LayerSetup& layer = program_.layers[tile.layer];
  Stage stage;
  stage.valid = true;
  stage.tile = token.tile;
  stage.batch = token.batch;
  if (row_ >= tile.rows) return stage;
  if (!tile.first) {
    stage.source = Source::kPartialSum;
    stage.address = sum_bytes_ *
                    (row_ % program_.array.rows_per_bus() * std::uint64_t{setup.partial_sum_words} +
                     token.word);
    return stage;
  }
  const RowDescriptor& row = program_.rows[setup.row_begin + row_];
  stage.bias = static_cast<std::uint32_t>(row.bias);
  if (!row.has_residual || setup.residual == InputSource::kNone) return stage;
  const bool fetched = setup.residual == InputSource::kBlock;
  stage.source = fetched ? Source::kResidualInput : Source::kResidual;
  stage.shift = layer.row_fraction_bits(tile.row_begin + row_);
  const std::int64_t y = std::int64_t{token.y} * layer.residual_stride;
  const std::int64_t x = std::int64_t{token.x} * layer.residual_stride;
  const std::int64_t image = ring_ > 0 ? static_cast<std::int64_t>(token.batch) : token.image;
  std::int64_t place = (image * layer.residual_height + y) * std::int64_t{layer.residual_width} + x;
  if (ring_ > 0) place = ring_place(place, ring_);
  std::int64_t address = row.residual_address + setup.residual_offset + place;
  if (fetched && token.residual_turn) address += static_cast<std::int64_t>(program_.slots.residual);
  stage.address = static_cast<std::uint64_t>(address);
  return stage;
}

void RowFeeder::compute(const In& in) {
  idle_ = !in.token->valid && !out_.token.valid && !described_.valid && !out_.read.valid &&
          !read_.valid && !out_.start;
  if (idle_) return;
  next_token_ = *in.token;
  next_described_ = in.token->valid ? describe(*in.token) : Stage{};
  if (!read_.valid) return;
  next_accumulation_ = read_.bias;
  if (read_.source == Source::kPartialSum) {
    next_accumulation_ = 0;
    std::memcpy(&next_accumulation_, in.partial_sum, sum_bytes_);
  } else if (read_.source == Source::kResidual) {
    next_accumulation_ += std::uint32_t{*in.residual} << read_.shift;
  } else if (read_.source == Source::kResidualInput) {
    next_accumulation_ += std::uint32_t{*in.residual_input} << read_.shift;
  }
  next_accumulation_ &= mask_;
}

void RowFeeder::commit() {
  if (idle_) return;
  out_.start = read_.valid;
  if (read_.valid) out_.accumulation = next_accumulation_;
  read_ = out_.read;
  out_.read = described_;
  described_ = next_described_;
  out_.token = next_token_;
}

}  // namespace colcomb::simulation::machine
