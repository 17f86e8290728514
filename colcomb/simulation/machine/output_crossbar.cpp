#include "colcomb/simulation/machine/output_crossbar.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {
namespace {

constexpr auto kPoolingClocks = static_cast<std::size_t>(tiling::kPoolingLatency);

}  // namespace

OutputCrossbar::OutputCrossbar(const TileProgram& program)
    : program_(program),
      waiting_(program.array.rows),
      pooled_(kPoolingClocks),
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
  if (token.last) {
    const auto wait = static_cast<std::uint64_t>(tiling::done_latency(tile, false));
    done_clocks_.push_back(clock_ + wait);
  }
  const bool pooled = layer.role == LayerRole::kPooled;
  const bool ends_image = token.y + 1 == layer.out_height && token.x + 1 == layer.out_width;
  if (tile.write_clocks == 0 || (pooled && !ends_image)) return;
  for (std::size_t r = 0; r < tile.rows; ++r) {
    COLCOMB_CHECK(!waiting_[r].empty(), "a row's byte is late");
    next_bytes_[r] = waiting_[r].front();
    waiting_[r].pop_front();
  }
  const std::uint64_t pixel =
      pooled
          ? token.image
          : (std::uint64_t{token.image} * layer.out_height + token.y) * layer.out_width + token.x;
  next_.offset = pixel;
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
  const auto is_pooled = [this](const WordToken& token) {
    return program_.layers[program_.schedule.tiles[token.tile].layer].role == LayerRole::kPooled;
  };
  pooled_in_ = {};
  const WordToken& late = pooled_.at(kPoolingClocks);
  if (out_.valid && shown_ + 1 < program_.schedule.tiles[out_.tile].write_clocks) write(shown_ + 1);
  if (late.valid) align(late);
  if (in.token->valid && is_pooled(*in.token)) {
    pooled_in_ = *in.token;
  } else if (in.token->valid) {
    COLCOMB_CHECK(!late.valid, "two words reach the crossbar in a clock");
    align(*in.token);
  }
  if (!done_clocks_.empty() && done_clocks_.front() == clock_ + 1) {
    done_clocks_.pop_front();
    ++next_.done;
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
