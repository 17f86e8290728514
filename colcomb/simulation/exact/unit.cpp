#include "colcomb/simulation/exact/unit.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation {
namespace {

constexpr std::size_t kDataBits = 8;

std::int32_t sign_extended(std::uint32_t word, std::size_t bits) {
  const std::size_t spare = 32 - bits;
  return static_cast<std::int32_t>(word << spare) >> spare;
}

}  // namespace

ArrayUnit::ArrayUnit(const ArrayConfig& config, Surroundings& surroundings)
    : config_(config),
      shape_(shape_of(config)),
      surroundings_(surroundings),
      array_(make_sliced_array(config)),
      south_(config.columns),
      west_(config.rows),
      bytes_(config.alpha),
      data_bits_(config.columns * kDataBits),
      data_left_(config.columns),
      west_words_(config.rows * config.streams()),
      east_words_(config.rows * config.streams()) {
  if (serial()) return;
  for (SouthInput& input : south_) {
    input.data_bytes.resize(config.alpha);
    input.load_bytes.resize(config.alpha);
  }
}

void ArrayUnit::begin_word(std::uint64_t word) {
  words_.push_back({word, clock_, words_begun_ % shape_.streams});
  ++words_begun_;
}

void ArrayUnit::begin_swap() {
  swaps_.push_back(clock_);
}

void ArrayUnit::begin_load(const WeightWords& weights, std::size_t rows) {
  Load load{clock_, rows, {}};
  load.beats.resize(config_.columns);
  for (std::size_t c = 0; c < config_.columns; ++c) {
    for (std::size_t beat = 0; beat < rows * shape_.load_beats; ++beat) {
      const std::size_t row = beat / shape_.load_beats;
      const std::uint32_t word = c < weights.size() ? weights[c][row] : 0;
      const auto lines = beat_of(shape_, word, beat % shape_.load_beats);
      SouthInput input;
      input.load_valid = true;
      if (serial()) {
        for (std::size_t k = 0; k < lines.size(); ++k) input.load |= std::uint64_t{lines[k]} << k;
      } else {
        input.load_bytes = lines;
      }
      load.beats[c].push_back(std::move(input));
    }
  }
  loads_.push_back(std::move(load));
}

void ArrayUnit::skip_to(std::uint64_t clock) {
  COLCOMB_CHECK(idle() && clock >= clock_, "only an idle array can wait");
  clock_ = clock;
}

void ArrayUnit::step() {
  clear_inputs();
  drive_swaps();
  drive_loads();
  drive_words();
  if (serial()) serialise();
  array_->step(south_, west_);
  collect();
  drop_finished();
  ++clock_;
}

void ArrayUnit::clear_inputs() {
  for (SouthInput& input : south_) {
    input.start = input.swap = input.load_valid = false;
    input.data = input.load = 0;
    std::ranges::fill(input.data_bytes, std::uint8_t{0});
    std::ranges::fill(input.load_bytes, std::uint8_t{0});
  }
  std::ranges::fill(west_, 0U);
}

void ArrayUnit::drive_swaps() {
  for (const std::uint64_t start : swaps_) {
    const std::uint64_t column = clock_ - start;
    if (column < config_.columns) south_[column].swap = true;
  }
}

void ArrayUnit::drive_loads() {
  for (const Load& load : loads_) {
    for (std::size_t c = 0; c < config_.columns && load.start + c <= clock_; ++c) {
      const std::uint64_t beat = clock_ - load.start - c;
      if (beat >= load.beats[c].size()) continue;
      const SouthInput& input = load.beats[c][beat];
      south_[c].load_valid = true;
      if (config_.double_buffering) {
        south_[c].load = input.load;
        if (!serial()) south_[c].load_bytes = input.load_bytes;
      } else {
        south_[c].data = input.load;
        if (!serial()) south_[c].data_bytes = input.load_bytes;
      }
    }
  }
}

/// Each word is at one column of the south edge and at one row of the west edge in a clock.
void ArrayUnit::drive_words() {
  for (const Word& word : words_) {
    const std::uint64_t place = clock_ - word.start;
    if (place < config_.columns) {
      surroundings_.read_data(word.id, place, clock_, bytes_);
      SouthInput& input = south_[place];
      input.start = true;
      if (serial()) {
        for (std::size_t b = 0; b < kDataBits; ++b) {
          std::uint64_t lines = 0;
          for (std::size_t k = 0; k < config_.alpha; ++k)
            lines |= std::uint64_t{bytes_[k] >> b & 1U} << k;
          data_bits_[place * kDataBits + b] = lines;
        }
        data_left_[place] = kDataBits;
      } else {
        input.data_bytes = bytes_;
      }
    }
    if (place < config_.rows) {
      const std::uint32_t initial = surroundings_.read_initial(word.id, place, clock_);
      if (serial()) {
        west_words_[place * shape_.streams + word.stream] =
            initial & (~0U >> (32 - config_.accumulation_bits));
      } else {
        west_[place] = initial;
      }
    }
  }
}

void ArrayUnit::serialise() {
  for (std::size_t c = 0; c < config_.columns; ++c) {
    if (data_left_[c] == 0) continue;
    COLCOMB_CHECK(config_.double_buffering || !south_[c].load_valid,
                  "data and weights meet on a line");
    south_[c].data = data_bits_[c * kDataBits + (kDataBits - data_left_[c])];
    --data_left_[c];
  }
  for (std::size_t r = 0; r < config_.rows; ++r) {
    for (std::size_t n = 0; n < shape_.streams; ++n) {
      std::uint32_t& word = west_words_[r * shape_.streams + n];
      west_[r] |= (word & 1U) << n;
      word >>= 1U;
    }
  }
}

void ArrayUnit::collect() {
  const auto east = array_->east();
  if (serial()) {
    for (std::size_t r = 0; r < config_.rows; ++r) {
      for (std::size_t n = 0; n < shape_.streams; ++n) {
        std::uint32_t& word = east_words_[r * shape_.streams + n];
        word = word >> 1U | (east[r] >> n & 1U) << (config_.accumulation_bits - 1);
      }
    }
  }
  // The last bit leaves the last column; the clock after it, the result is written.
  for (const Word& word : words_) {
    const std::uint64_t first = word.start + config_.columns + config_.word_clocks() - 1;
    const std::uint64_t row = clock_ + 1 - first;
    if (clock_ + 1 < first || row >= config_.rows) continue;
    const std::uint32_t value =
        serial() ? east_words_[row * shape_.streams + word.stream] : east[row];
    surroundings_.write_result(word.id, row, sign_extended(value, config_.accumulation_bits),
                               clock_ + 2);
  }
}

void ArrayUnit::drop_finished() {
  const std::uint64_t across = config_.rows + config_.columns;
  while (!words_.empty() && words_.front().start + across + config_.word_clocks() <= clock_)
    words_.pop_front();
  while (!swaps_.empty() && swaps_.front() + across <= clock_) swaps_.pop_front();
  while (!loads_.empty() &&
         loads_.front().start + loads_.front().rows * shape_.load_beats + across <= clock_)
    loads_.pop_front();
}

}  // namespace colcomb::simulation
