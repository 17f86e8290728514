#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation {

/// Clocks from the controller's decision to a word's first bit at cell (0, 0): address register,
/// buffer, serialiser.
inline constexpr std::uint64_t kDecisionLead = 3;

/// A word on its way from the controller through the edges.
struct WordToken {
  std::uint64_t decided = 0;  // the controller's clock
  std::uint64_t tile = 0;     // executed tile or, cross-layer, image
  std::uint64_t word = 0;     // within the tile or image
  bool first_of_tile = false;
};

/// A word's way along one edge: place i (column or row) one clock behind place i - 1. In the clock
/// after the decision the address is there and the buffer gives place 0's value; two clocks later
/// the value enters the array.
template <class Value>
class EdgePipe {
 public:
  /// `together`: the buffer gives the values of all places at once, and registers behind it delay
  /// them; else each place reads in its own clock.
  EdgePipe(std::size_t places, bool together) : places_(places), together_(together) {}

  void issue(const WordToken& token) { tokens_.push_back({token, std::vector<Value>(places_)}); }

  /// read(token, place, value&) in the buffer's clock, enter(token, place, value) in the array's.
  template <class Read, class Enter>
  void compute(std::uint64_t clock, const Read& read, const Enter& enter) {
    for (auto& [token, values] : tokens_) {
      if (clock <= token.decided) continue;
      const std::uint64_t age = clock - token.decided - 1;
      if (together_ && age == 0) {
        for (std::size_t place = 0; place < places_; ++place) read(token, place, values[place]);
      }
      if (!together_ && age < places_) read(token, age, values[age]);
      if (age >= 2 && age - 2 < places_) enter(token, age - 2, values[age - 2]);
    }
    while (!tokens_.empty() && clock >= tokens_.front().token.decided + places_ + 2)
      tokens_.pop_front();
  }

 private:
  struct Flight {
    WordToken token;
    std::vector<Value> values;
  };

  std::size_t places_;
  bool together_;
  std::deque<Flight> tokens_;
};

/// Words of a column, one byte per line.
using LineBytes = std::vector<std::uint8_t>;

/// Shift block: what each column delivers, column j one clock behind column j - 1, and the swap in
/// front of a tile's first word. It reads all columns' bytes at once: where the skew were in the
/// reads the last columns would read after F, when the tile's slot may be filled anew.
class ShiftBlock {
 public:
  using Read = std::function<void(const WordToken&, std::size_t column, LineBytes& lines)>;

  ShiftBlock(std::size_t columns, Read read)
      : columns_(columns), pipe_(columns, true), read_(std::move(read)) {}

  void issue(const WordToken& token) {
    pipe_.issue(token);
    if (token.first_of_tile) swaps_.push_back(token.decided + kDecisionLead - 1);
  }

  void compute(std::uint64_t clock, ArrayFront& front) {
    pipe_.compute(clock, read_,
                  [&front](const WordToken&, std::size_t column, const LineBytes& lines) {
                    front.put_word(column, lines);
                  });
    for (const std::uint64_t first : swaps_) {
      if (clock >= first && clock - first < columns_) front.put_swap(clock - first);
    }
    while (!swaps_.empty() && clock + 1 >= swaps_.front() + columns_) swaps_.pop_front();
  }

 private:
  std::size_t columns_;
  EdgePipe<LineBytes> pipe_;
  std::deque<std::uint64_t> swaps_;  // clock of column 0's
  Read read_;
};

/// West edge: each row's initial accumulation, row i one clock behind row i - 1.
class WestEdge {
 public:
  using Read = std::function<std::uint32_t(const WordToken&, std::size_t row)>;

  WestEdge(std::size_t rows, std::size_t accumulation_bits, Read read)
      : pipe_(rows, false),
        mask_(accumulation_bits == 32 ? ~0U : (1U << accumulation_bits) - 1),
        read_(std::move(read)) {}

  void issue(const WordToken& token) { pipe_.issue(token); }

  void compute(std::uint64_t clock, ArrayFront& front) {
    pipe_.compute(
        clock,
        [this](const WordToken& token, std::size_t row, std::uint32_t& value) {
          value = read_(token, row) & mask_;
        },
        [&front](const WordToken&, std::size_t row, std::uint32_t value) {
          front.put_accumulation(row, value);
        });
  }

 private:
  EdgePipe<std::uint32_t> pipe_;
  std::uint32_t mask_;
  Read read_;
};

/// Tells each row's results which words they belong to: a row's words leave in the order in which
/// they were issued.
class ResultOrder {
 public:
  explicit ResultOrder(std::size_t rows) : passed_(rows) {}

  void issue(const WordToken& token) { tokens_.push_back(token); }
  [[nodiscard]] WordToken next(std::size_t row) {
    const WordToken token = tokens_[passed_[row]++ - dropped_];
    // The last row is the last of each word.
    if (row + 1 == passed_.size()) {
      tokens_.pop_front();
      ++dropped_;
    }
    return token;
  }

 private:
  std::deque<WordToken> tokens_;
  std::vector<std::uint64_t> passed_;
  std::uint64_t dropped_ = 0;
};

}  // namespace colcomb::simulation
