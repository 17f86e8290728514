#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/simulation/exact/array.hpp"
#include "colcomb/simulation/exact/cell.hpp"

namespace colcomb::simulation {

/// What stands around an array: the buffers and blocks that words come from and results go to.
/// Every call is one of hardware's events, in the clock in which it happens.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  /// The shift block's bytes for the lines of a column, alpha of them; the word's first bit is in
  /// the column in clock `clock`.
  virtual void read_data(std::uint64_t word, std::size_t column, std::uint64_t clock,
                         std::span<std::uint8_t> lines) = 0;
  /// The accumulation that a row begins the word with, in the clock of its first bit.
  virtual std::uint32_t read_initial(std::uint64_t word, std::size_t row, std::uint64_t clock) = 0;
  /// A row's accumulation, sign extended, written in clock `clock`.
  virtual void write_result(std::uint64_t word, std::size_t row, std::int32_t accumulation,
                            std::uint64_t clock) = 0;
};

/// An array with its serialisers at the south and west edges and its collectors at the east edge.
class ArrayUnit {
 public:
  /// Weights of a tile, rows x columns of the array at most.
  using WeightWords = std::vector<std::vector<std::uint32_t>>;  // per column, per row

  /// The array has config.rows x config.columns cells. `surroundings` must outlive the unit.
  ArrayUnit(const ArrayConfig& config, Surroundings& surroundings);

  // In the present clock:
  /// a word's first bit is at cell (0, 0);
  void begin_word(std::uint64_t word);
  /// the token that swaps weights is at cell (0, 0), one clock before the tile's first word;
  void begin_swap();
  /// the first beat of these weights is at cell (0, 0). Columns beyond them get zeros.
  void begin_load(const WeightWords& weights, std::size_t rows);

  /// Ends the present clock.
  void step();
  /// Nothing moves: steps would change no word, weight or token.
  [[nodiscard]] bool idle() const { return words_.empty() && swaps_.empty() && loads_.empty(); }
  /// Lets time pass. Requires: idle().
  void skip_to(std::uint64_t clock);
  [[nodiscard]] std::uint64_t clock() const { return clock_; }
  void reset_clock() { clock_ = 0; }

 private:
  struct Word {
    std::uint64_t id = 0;
    std::uint64_t start = 0;
    std::size_t stream = 0;
  };
  struct Load {
    std::uint64_t start = 0;
    std::size_t rows = 0;
    std::vector<std::vector<SouthInput>> beats;  // per column
  };

  [[nodiscard]] bool serial() const { return config_.cell != CellKind::kParallel; }
  void clear_inputs();
  void drive_swaps();
  void drive_loads();
  void drive_words();
  void serialise();
  void collect();
  void drop_finished();

  ArrayConfig config_;
  CellShape shape_;
  Surroundings& surroundings_;
  std::unique_ptr<SystolicArray> array_;
  std::uint64_t clock_ = 0;
  std::uint64_t words_begun_ = 0;
  std::deque<Word> words_;
  std::deque<std::uint64_t> swaps_;
  std::deque<Load> loads_;
  std::vector<SouthInput> south_;          // C
  std::vector<std::uint32_t> west_;        // R
  std::vector<std::uint8_t> bytes_;        // scratch, alpha
  std::vector<std::uint64_t> data_bits_;   // C x 8: what is left to send, a mask of lines a clock
  std::vector<std::uint8_t> data_left_;    // C: clocks of it
  std::vector<std::uint32_t> west_words_;  // R x S: what is left to send
  std::vector<std::uint32_t> east_words_;  // R x S: what has arrived, newest bit on top
};

}  // namespace colcomb::simulation
