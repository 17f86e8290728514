#include "colcomb/simulation/machine/pooling_unit.hpp"

#include <algorithm>

namespace colcomb::simulation::machine {

PoolingUnit::PoolingUnit(const TileProgram& program) : program_(program) {
  const std::size_t rows = std::min(program.array.rows_per_bus(), program.array.rows);
  std::size_t filters = 0;
  for (const LayerSetup& layer : program.layers) {
    if (layer.role == LayerRole::kPooled) filters = layer.filters;
  }
  sums_.resize((filters + program.array.rows - 1) / program.array.rows * rows);
}

void PoolingUnit::compute(const In& in) {
  next_.valid = false;
  for (Division& division : divisions_) {
    if (!division.divider.done()) division.divider.step();
  }
  if (!divisions_.empty() && divisions_.front().clock + kGlobalPoolingLatency == clock_ + 1) {
    const Division& ready = divisions_.front();
    next_ = {true, ready.row, ready.divider.clamped(), ready.token};
    divisions_.pop_front();
  }
  if (in.token == nullptr) return;
  const LayerSetup& layer = program_.layers[program_.schedule.tiles[in.token->tile].layer];
  std::uint64_t& sum =
      sums_[program_.tiles[in.token->tile].pooling_entry + in.row % program_.array.rows_per_bus()];
  sum += in.byte;
  const std::uint64_t pixels = layer.words().outputs();
  if (in.token->pixel + 1 < pixels) return;
  divisions_.push_back(
      {clock_, in.row, *in.token, SerialDivider(sum, pixels, layer.pooling_fraction_bits)});
  sum = 0;
}

void PoolingUnit::commit() {
  out_ = next_;
  ++clock_;
}

}  // namespace colcomb::simulation::machine
