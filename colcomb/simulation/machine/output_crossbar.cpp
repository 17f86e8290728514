#include "colcomb/simulation/machine/output_crossbar.hpp"

#include <algorithm>
#include <set>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {
namespace {

std::vector<std::uint32_t> delays_of(const TileProgram& program) {
  std::set<std::uint32_t> delays(program.schedule.pooling_clocks.begin(),
                                 program.schedule.pooling_clocks.end());
  delays.erase(0);
  return {delays.begin(), delays.end()};
}

}  // namespace

OutputCrossbar::OutputCrossbar(const TileProgram& program)
    : program_(program),
      waiting_(program.array.rows),
      delays_(delays_of(program)),
      pooled_(delays_.empty() ? 1 : delays_.back()),
      bytes_(program.array.rows),
      next_bytes_(program.array.rows) {}

/// Shows the bytes of the tile's write clock `clock`.
void OutputCrossbar::write(std::uint32_t clock) {
  const TileSetup& setup = program_.tiles[next_.tile];
  const auto ports = static_cast<std::uint32_t>(program_.array.bank_ports);
  next_.valid = true;
  next_.write = setup.write_begin + clock * ports;
  next_.writes = std::min(ports, setup.write_count - clock * ports);
  next_shown_ = clock;
}

void OutputCrossbar::align(const WordToken& token) {
  const Tile& tile = program_.schedule.tiles[token.tile];
  const LayerSetup& layer = program_.layers[tile.layer];
  const auto wait = static_cast<std::uint64_t>(tiling::done_latency(tile, 0));
  if (token.last) done_clocks_.push_back(clock_ + wait);
  const bool pooled = layer.role == LayerRole::kPooled;
  const std::uint64_t pixels = layer.words().outputs();
  if (!token.completes || (pooled && token.pixel + 1 < pixels)) return;
  pixel_clocks_.push_back(clock_ + wait);
  if (tile.write_clocks == 0) return;
  for (std::size_t r = 0; r < tile.rows; ++r) {
    COLCOMB_CHECK(!waiting_[r].empty(), "a row's byte is late");
    next_bytes_[r] = waiting_[r].front();
    waiting_[r].pop_front();
  }
  next_.offset = pooled ? token.image : token.image * pixels + token.pixel;
  next_.tile = token.tile;
  next_.batch = token.batch;
  write(0);
}

void OutputCrossbar::compute(const In& in) {
  next_ = out_;
  next_.valid = false;
  for (std::size_t r = 0; r < in.bytes.size(); ++r) {
    if (in.bytes[r] == kNone) continue;
    waiting_[r].push_back(static_cast<std::uint8_t>(in.bytes[r]));
    COLCOMB_CHECK(
        waiting_[r].size() <= (in.bytes.size() - 1 - r) / program_.array.rows_per_bus() + 1,
        "a row's bytes wait longer than there is room");
  }
  const auto delay_of = [this](const WordToken& token) -> std::uint32_t {
    return program_.schedule.pooling_clocks[program_.schedule.tiles[token.tile].layer];
  };
  pooled_in_ = {};
  if (out_.valid && shown_ + 1 < program_.schedule.tiles[out_.tile].write_clocks) write(shown_ + 1);
  std::size_t arrived = 0;
  for (const std::uint32_t delay : delays_) {
    const WordToken& late = pooled_.at(delay);
    if (!late.valid || delay_of(late) != delay) continue;
    align(late);
    ++arrived;
  }
  if (in.token->valid && delay_of(*in.token) > 0) {
    pooled_in_ = *in.token;
  } else if (in.token->valid) {
    align(*in.token);
    ++arrived;
  }
  COLCOMB_CHECK(arrived <= 1, "two words reach the crossbar in a clock");
  // In order, also where a tile with fewer writes would be done sooner than the one before.
  while (!done_clocks_.empty() && done_clocks_.front() <= clock_ + 1) {
    done_clocks_.pop_front();
    ++next_.done;
  }
  while (!pixel_clocks_.empty() && pixel_clocks_.front() <= clock_ + 1) {
    pixel_clocks_.pop_front();
    ++next_.pixels;
  }
}

void OutputCrossbar::commit() {
  out_ = next_;
  bytes_ = next_bytes_;
  shown_ = next_shown_;
  pooled_.commit(pooled_in_);
  ++clock_;
}

}  // namespace colcomb::simulation::machine
