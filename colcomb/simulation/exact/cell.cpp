#include "colcomb/simulation/exact/cell.hpp"

#include <algorithm>
#include <cstdlib>

namespace colcomb::simulation {

std::uint32_t weight_word(std::int8_t value, std::size_t select, CellKind kind) {
  if (kind == CellKind::kParallel)
    return static_cast<std::uint8_t>(value) | static_cast<std::uint32_t>(select << 8U);
  const auto magnitude = static_cast<std::uint32_t>(std::abs(int{value}));
  return magnitude | (value < 0 ? 1U << 8U : 0U) | static_cast<std::uint32_t>(select << 9U);
}

CellWeight weight_of(std::uint32_t word, CellKind kind) {
  CellWeight weight;
  weight.magnitude = static_cast<std::uint8_t>(word);
  if (kind == CellKind::kParallel) {
    weight.select = static_cast<std::uint8_t>(word >> 8U);
  } else {
    weight.sign = (word >> 8U & 1U) != 0;
    weight.select = static_cast<std::uint8_t>(word >> 9U);
  }
  return weight;
}

CellShape shape_of(const ArrayConfig& config) {
  CellShape shape;
  shape.kind = config.cell;
  shape.alpha = config.alpha;
  shape.streams = config.streams();
  shape.load_beats = config.load_clocks();
  shape.bits_per_beat = config.cell == CellKind::kParallel ? 8 * config.alpha : config.alpha;
  shape.weight_bits = config.weight_bits();
  shape.double_buffering = config.double_buffering;
  return shape;
}

std::uint32_t with_beat(const CellShape& shape, std::uint32_t word, std::size_t beat,
                        const std::uint8_t* lines) {
  const std::size_t line_bits = shape.bits_per_beat / shape.alpha;
  for (std::size_t k = 0; k < shape.alpha; ++k) {
    for (std::size_t b = 0; b < line_bits; ++b) {
      const std::size_t place = beat * shape.bits_per_beat + k * line_bits + b;
      if (place >= shape.weight_bits) return word;
      const std::uint32_t bit = lines[k] >> b & 1U;
      word = (word & ~(1U << place)) | bit << place;
    }
  }
  return word;
}

std::vector<std::uint8_t> beat_of(const CellShape& shape, std::uint32_t word, std::size_t beat) {
  const std::size_t line_bits = shape.bits_per_beat / shape.alpha;
  std::vector<std::uint8_t> lines(shape.alpha);
  for (std::size_t k = 0; k < shape.alpha; ++k) {
    const std::size_t place = beat * shape.bits_per_beat + k * line_bits;
    if (place < 32) lines[k] = static_cast<std::uint8_t>(word >> place & ((1U << line_bits) - 1));
  }
  return lines;
}

Cell::Cell(const CellShape& shape) : shape_(shape) {
  up_.data.resize(shape.alpha);
  up_.load.resize(shape.alpha);
  next_up_ = up_;
  state_.stream = shape.streams - 1;  // the first start begins stream 0
  next_ = state_;
}

void Cell::compute(const UpwardSignals& south, std::uint32_t acc_in) {
  next_ = state_;
  next_up_ = south;
  compute_load(south);
  if (shape_.kind == CellKind::kParallel) {
    compute_parallel(south, acc_in);
  } else {
    compute_serial(south, acc_in);
  }
}

void Cell::commit() {
  state_ = next_;
  up_ = next_up_;
  acc_ = next_acc_;
}

void Cell::compute_load(const UpwardSignals& south) {
  if (south.load_valid && state_.beats < shape_.load_beats) {
    const auto& lines = shape_.double_buffering ? south.load : south.data;
    next_.shadow = with_beat(shape_, state_.shadow, state_.beats, lines.data());
    next_.beats = state_.beats + 1;
    if (!shape_.double_buffering) next_.weight = weight_of(next_.shadow, shape_.kind);
    // This cell's beats go no further.
    next_up_.load_valid = false;
    std::ranges::fill(shape_.double_buffering ? next_up_.load : next_up_.data, std::uint8_t{0});
  }
  if (south.swap) {
    next_.beats = 0;
    if (shape_.double_buffering) next_.weight = weight_of(state_.shadow, shape_.kind);
  }
}

void Cell::compute_serial(const UpwardSignals& south, std::uint32_t acc_in) {
  if (south.start) next_.stream = (state_.stream + 1) % shape_.streams;
  const std::size_t select = state_.weight.select;
  // Without double buffering, lines that carry weights carry no data.
  const bool weights_pass = south.load_valid && !shape_.double_buffering;
  const bool line = select < shape_.alpha && south.data[select] != 0 && !weights_pass;
  next_acc_ = 0;
  for (std::size_t n = 0; n < shape_.streams; ++n) {
    const bool ours = next_.stream == n;
    Stream stream = state_.streams[n];
    if (south.start && ours) stream = {0, false, false, state_.weight.sign};
    const unsigned sum = stream.partial + (line && ours ? state_.weight.magnitude : 0U);
    const bool product = (sum & 1U) != 0;
    const bool term = product != (stream.negate && stream.seen);
    const bool in = (acc_in >> n & 1U) != 0;
    const bool out = (term != in) != stream.carry;
    Stream& next = next_.streams[n];
    next.partial = static_cast<std::uint8_t>(sum >> 1U);
    next.seen = stream.seen || product;
    next.negate = stream.negate;
    next.carry = (term && in) || (term && stream.carry) || (in && stream.carry);
    next_acc_ |= (out ? 1U : 0U) << n;
  }
}

void Cell::compute_parallel(const UpwardSignals& south, std::uint32_t acc_in) {
  next_acc_ = acc_in;
  const std::size_t select = state_.weight.select;
  if (!south.start || select >= shape_.alpha) return;
  const int product = static_cast<std::int8_t>(state_.weight.magnitude) * int{south.data[select]};
  next_acc_ += static_cast<std::uint32_t>(product);
}

}  // namespace colcomb::simulation
