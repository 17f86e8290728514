#include "colcomb/simulation/machine/window_unit.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation::machine {
namespace {

constexpr std::size_t kPartialBytes = 3;

std::uint32_t joined(PoolingKind kind, std::uint32_t a, std::uint32_t b) {
  return kind == PoolingKind::kMax ? std::max(a, b) : a + b;
}

std::uint32_t load(const std::uint8_t* bytes) {
  return bytes[0] | std::uint32_t{bytes[1]} << 8U | std::uint32_t{bytes[2]} << 16U;
}

void store(std::uint32_t value, std::uint8_t* bytes) {
  bytes[0] = static_cast<std::uint8_t>(value);
  bytes[1] = static_cast<std::uint8_t>(value >> 8U);
  bytes[2] = static_cast<std::uint8_t>(value >> 16U);
}

}  // namespace

WindowUnit::WindowUnit(const TileProgram& program)
    : program_(program),
      windows_(program.array.pooling_windows),
      partial_(std::min(program.array.rows_per_bus(), program.array.rows) * windows_) {
  COLCOMB_CHECK(program.array.pooling_word_bytes() <= kMostBytes, "a word has room");
}

/// Adds a byte to the windows of its image row. Words beyond the map add 0.
void WindowUnit::take(const In& in) {
  const WordToken& token = *in.token;
  const LayerSetup& layer = layer_of(token);
  const PoolingWindow& pooling = *layer.pooling;
  const PoolingSide columns = pooling.horizontal();
  const PoolingSide rows = pooling.vertical();
  const std::size_t row_in_bus = in.row % program_.array.rows_per_bus();
  const bool inside = token.y < layer.sum_height && token.x < layer.sum_width;
  const std::uint32_t value = inside ? in.byte : 0;
  for (std::size_t o = columns.first_with(token.x); o < columns.end_with(token.x); ++o) {
    std::uint32_t& partial = partial_[row_in_bus * windows_ + o % windows_];
    partial = token.x == columns.begin(o) ? value : joined(pooling.kind, partial, value);
  }
  const auto column = columns.completed_by(token.x);
  const std::size_t first = rows.first_with(token.y);
  const std::size_t end = rows.end_with(token.y);
  if (!column || first >= end) return;
  next_part_.valid = true;
  // Windows are in order, so if any has image rows before, the first has.
  next_part_.reads = rows.begin(first) < token.y;
  next_part_.row = in.row;
  next_part_.value = partial_[row_in_bus * windows_ + *column % windows_];
  next_part_.address =
      program_.array.pooling_word_bytes() *
      (program_.tiles[token.tile].window_entry + row_in_bus * pooling.out_width + *column);
  next_part_.token = token;
  next_.read = next_part_.reads;
  next_.read_address = next_part_.address;
}

/// Joins a part to those of the image rows before.
void WindowUnit::join(const Part& part, const std::uint8_t* word) {
  const PoolingWindow& pooling = *layer_of(part.token).pooling;
  const PoolingSide rows = pooling.vertical();
  next_.word = {};
  if (part.reads) std::copy_n(word, program_.array.pooling_word_bytes(), next_.word.begin());
  const std::size_t y = part.token.y;
  const auto completed = rows.completed_by(y);
  for (std::size_t o = rows.first_with(y); o < rows.end_with(y); ++o) {
    std::uint8_t* const place = next_.word.data() + o % windows_ * kPartialBytes;
    const std::uint32_t value =
        y == rows.begin(o) ? part.value : joined(pooling.kind, load(place), part.value);
    store(value, place);
    if (completed == o) complete(part, value);
  }
  next_.write = true;
  next_.write_address = part.address;
}

void WindowUnit::complete(const Part& part, std::uint32_t value) {
  const LayerSetup& layer = layer_of(part.token);
  const PoolingWindow& pooling = *layer.pooling;
  if (pooling.kind == PoolingKind::kMax)
    return give(part.token, part.row, static_cast<std::uint8_t>(value));
  const std::size_t divisor =
      pooling.divisor(part.token.pixel / pooling.out_width, part.token.pixel % pooling.out_width,
                      layer.sum_height, layer.sum_width);
  divisions_.push_back({clock_, part.row, part.token, SerialDivider(value, divisor, 0)});
}

void WindowUnit::give(const WordToken& token, std::size_t row, std::uint8_t byte) {
  COLCOMB_CHECK(!next_.valid, "two windows of a bus end in a clock");
  next_.valid = true;
  next_.row = row;
  next_.byte = byte;
  next_.token = token;
  next_.writes = result_writes(program_, token, row);
}

void WindowUnit::compute(const In& in) {
  next_.valid = false;
  next_.read = false;
  next_.write = false;
  next_part_.valid = false;
  for (Division& division : divisions_) {
    if (!division.divider.done()) division.divider.step();
  }
  // A sum stands in its register in the clock after it was pushed.
  if (!divisions_.empty() && divisions_.front().clock + kDivisionClocks == clock_) {
    const Division& ready = divisions_.front();
    give(ready.token, ready.row, ready.divider.clamped());
    divisions_.pop_front();
  }
  if (there_.valid) join(there_, in.word);
  if (in.token != nullptr) take(in);
}

void WindowUnit::commit() {
  if (next_.valid || next_.read || next_.write || out_.valid || out_.read || out_.write)
    out_ = next_;
  if (next_part_.valid || asked_.valid || there_.valid) {
    there_ = asked_;
    asked_ = next_part_;
  }
  ++clock_;
}

}  // namespace colcomb::simulation::machine
