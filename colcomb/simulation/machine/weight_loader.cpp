#include "colcomb/simulation/machine/weight_loader.hpp"

#include <algorithm>
#include <utility>

namespace colcomb::simulation::machine {

WeightLoader::WeightLoader(const TileProgram& program)
    : program_(program), delay_(program.array.columns) {}

void WeightLoader::compute(const In& in) {
  next_.current = in.load.valid ? in.load : current_;
  next_.position = in.load.valid ? 0 : position_;
  next_.addressed = next_.current.valid;
  next_.out = {};
  if (arriving_.valid) {
    arriving_.bytes.assign(in.line, in.line + program_.tiles[arriving_.tile].weight_line_bytes);
  }
  if (!next_.current.valid) return;
  const std::uint32_t position = next_.current.tile;
  const Tile& tile = program_.schedule.tiles[position];
  const TileSetup& setup = program_.tiles[position];
  next_.out.read = tile.groups > 0;
  next_.out.bytes = setup.weight_line_bytes;
  next_.out.address = setup.weight_address + (next_.current.turn ? program_.slots.weights : 0) +
                      std::uint64_t{next_.position} * setup.weight_line_bytes;
  if (++next_.position == tile.rows * program_.array.load_clocks()) next_.current.valid = false;
}

void WeightLoader::commit() {
  // The line of this clock goes into the delay registers of columns 1 and on.
  Line& kept = delay_[slot_];
  if (kept.valid) --delayed_;
  kept.valid = arriving_.valid;
  if (arriving_.valid) {
    ++delayed_;
    kept.tile = arriving_.tile;
    std::swap(kept.bytes, arriving_.bytes);
  }
  slot_ = slot_ + 1 == delay_.size() ? 0 : slot_ + 1;
  arriving_.valid = addressed_;
  arriving_.tile = current_.tile;
  addressed_ = next_.addressed;
  current_ = next_.current;
  position_ = next_.position;
  out_ = next_.out;
}

std::uint64_t WeightLoader::bits_of(std::uint32_t tile, const std::uint8_t* bytes,
                                    std::size_t j) const {
  if (j >= program_.schedule.tiles[tile].groups) return 0;
  const std::size_t lines = program_.array.load_lines();
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(lines, 64); ++k) {
    const std::size_t at = j * lines + k;
    bits |= std::uint64_t{(bytes[at / 8] >> (at % 8)) & 1U} << k;
  }
  return bits;
}

WeightLoader::Column WeightLoader::column(std::size_t j, const std::uint8_t* line) const {
  if (j == 0) {
    if (!arriving_.valid) return {};
    return {true, bits_of(arriving_.tile, line, 0)};
  }
  const Line& delayed = delay_[(slot_ + delay_.size() - j) % delay_.size()];
  if (!delayed.valid) return {};
  return {true, bits_of(delayed.tile, delayed.bytes.data(), j)};
}

}  // namespace colcomb::simulation::machine
