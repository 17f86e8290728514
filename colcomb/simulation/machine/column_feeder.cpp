#include "colcomb/simulation/machine/column_feeder.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/simulation/machine/line_rings.hpp"

namespace colcomb::simulation::machine {

ColumnFeeder::ColumnFeeder(const TileProgram& program, std::size_t column, std::uint64_t ring)
    : program_(program),
      column_(column),
      ring_(ring),
      ports_(static_cast<std::uint32_t>(std::min(program.array.bank_ports, program.array.alpha))),
      read_lines_(ports_),
      held_(program.array.alpha),
      next_reads_(ports_) {
  out_.reads.resize(ports_);
  out_.lines.resize(program.array.alpha);
}

/// Addresses the descriptor memory for the word's lines of one clock.
void ColumnFeeder::fetch(const WordToken& token, std::uint32_t clock) {
  const TileSetup& setup = program_.tiles[token.tile];
  const Tile& tile = program_.schedule.tiles[token.tile];
  const LayerInput input = program_.input_of(tile);
  Group& group = next_.described;
  group.valid = true;
  group.last = clock + 1 == tile.read_clocks;
  group.first = token.first;
  group.from_input = setup.input != InputSource::kKept;
  group.tile = token.tile;
  group.batch = token.batch;
  group.begin = std::min(clock * ports_, setup.line_count);
  group.end = std::min(group.begin + ports_, setup.line_count);
  group.y = static_cast<std::int32_t>(token.y * input.stride);
  group.x = static_cast<std::int32_t>(token.x * input.stride);
  const std::int64_t width = input.width;
  group.offset =
      setup.input_offset + (token.image * std::int64_t{input.height} + group.y) * width + group.x;
  const SlotBytes& slots = program_.slots;
  if (token.input_turn && setup.input == InputSource::kImage)
    group.offset += static_cast<std::int64_t>(slots.images);
  if (token.input_turn && setup.input == InputSource::kBlock)
    group.offset += static_cast<std::int64_t>(slots.input);
  if (ring_ > 0) {
    const auto images = static_cast<std::int64_t>(token.batch);
    group.offset = ring_place(group.offset + images * input.height * width, ring_);
  }
  next_.fetching = group.last ? 0 : clock + 1;
}

/// From descriptors to addresses; a line without a byte to read gives its padding value.
void ColumnFeeder::find_addresses() {
  const Group& group = described_;
  const LayerInput input = program_.input_of(program_.schedule.tiles[group.tile]);
  const auto height = static_cast<std::int32_t>(input.height);
  const auto width = static_cast<std::int32_t>(input.width);
  const LineDescriptor* lines = program_.lines.data() +
                                program_.tiles[group.tile].line_begin * program_.array.columns +
                                column_;
  for (std::uint32_t port = 0; port < group.end - group.begin; ++port) {
    const LineDescriptor& line = lines[(group.begin + port) * program_.array.columns];
    const std::int32_t y = group.y + line.dy;
    const std::int32_t x = group.x + line.dx;
    Read& read = next_reads_[port];
    read.valid = line.used && y >= 0 && y < height && x >= 0 && x < width;
    read.padding = line.used ? line.padding : 0;
    std::int64_t place = group.offset + std::int64_t{line.dy} * width + line.dx;
    if (ring_ > 0) place = ring_place(place, ring_);
    read.address = static_cast<std::uint64_t>(std::int64_t{line.address} + place);
  }
}

void ColumnFeeder::hold(const In& in) {
  const std::uint8_t* bytes = read_.from_input ? in.input : in.data;
  for (std::uint32_t port = 0; port < read_.end - read_.begin; ++port) {
    const Read& read = read_lines_[port];
    held_[read_.begin + port] = read.valid ? bytes[port] : read.padding;
  }
  next_.word = read_.last;
  next_.line_count = read_.end;
}

void ColumnFeeder::compute(const In& in) {
  const bool arrives = in.token->valid;
  idle_ = !arrives && fetching_ == 0 && !described_.valid && !out_.group.valid && !read_.valid &&
          !out_.word && !out_.token.valid;
  if (idle_) return;
  next_.token = *in.token;
  next_.described.valid = false;
  next_.word = false;
  next_.fetching = 0;
  if (arrives) {
    next_.current = *in.token;
    fetch(*in.token, 0);
  } else if (fetching_ > 0) {
    fetch(current_, fetching_);
  }
  if (described_.valid) find_addresses();
  if (read_.valid) hold(in);
}

void ColumnFeeder::commit() {
  if (idle_) return;
  out_.token = next_.token;
  current_ = next_.current;
  fetching_ = next_.fetching;
  out_.word = next_.word;
  if (next_.word) {
    out_.line_count = next_.line_count;
    std::copy_n(held_.begin(), next_.line_count, out_.lines.begin());
  }
  read_ = out_.group;
  std::swap(read_lines_, out_.reads);
  out_.swap = read_.valid && read_.last && read_.first;
  out_.group = described_;
  std::swap(out_.reads, next_reads_);
  described_ = next_.described;
}

}  // namespace colcomb::simulation::machine
