#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::simulation {

inline constexpr std::size_t kMostStreams = 4;

/// A cell's weight registers: what is loaded in beats. Serial cells hold sign and magnitude,
/// parallel ones the two's complement byte in `magnitude`.
struct CellWeight {
  std::uint8_t magnitude = 0;
  bool sign = false;
  std::uint8_t select = 0;

  bool operator==(const CellWeight&) const = default;
};

/// Bits of a weight in the order they are loaded: magnitude, sign (serial cells), select.
[[nodiscard]] std::uint32_t weight_word(std::int8_t value, std::size_t select, CellKind kind);
[[nodiscard]] CellWeight weight_of(std::uint32_t word, CellKind kind);

/// The numbers of an array that its cells are built for.
struct CellShape {
  CellKind kind = CellKind::kMultiplexed;
  std::size_t alpha = 1;
  std::size_t streams = 1;
  std::size_t load_beats = 1;     // L
  std::size_t bits_per_beat = 1;  // bits of one beat over all lines
  std::size_t weight_bits = 9;    // W
  bool double_buffering = true;
};
[[nodiscard]] CellShape shape_of(const ArrayConfig& config);

/// `word` after beat number `beat`, whose bits replace those in their place.
[[nodiscard]] std::uint32_t with_beat(const CellShape& shape, std::uint32_t word, std::size_t beat,
                                      const std::uint8_t* lines);
/// The lines of beat number `beat` of a word, alpha of them.
[[nodiscard]] std::vector<std::uint8_t> beat_of(const CellShape& shape, std::uint32_t word,
                                                std::size_t beat);

/// Everything that passes upwards through a cell, registered once per cell.
struct UpwardSignals {
  bool start = false;
  bool swap = false;
  bool load_valid = false;
  std::vector<std::uint8_t> data;  // per line: a bit, or a byte in parallel cells
  std::vector<std::uint8_t> load;
};

/// One cell. compute() reads the neighbours' outputs of this clock, commit() makes the next ones
/// visible.
class Cell {
 public:
  explicit Cell(const CellShape& shape);

  /// `south`: from the cell below or the shift block; `acc_in`: from the cell to the left or the
  /// west edge, bit n for stream n, or the word in parallel cells.
  void compute(const UpwardSignals& south, std::uint32_t acc_in);
  void commit();

  [[nodiscard]] const UpwardSignals& up() const { return up_; }
  [[nodiscard]] std::uint32_t acc_out() const { return acc_; }

 private:
  /// One bit-serial multiply-accumulate under way.
  struct Stream {
    std::uint8_t partial = 0;  // p
    bool carry = false;
    bool seen = false;    // the product has had a 1 bit, so a negative one is inverted from here on
    bool negate = false;  // the weight's sign when the word started
  };
  struct State {
    CellWeight weight;
    std::uint32_t shadow = 0;  // bits loaded for the next tile
    std::size_t beats = 0;     // of them so far
    std::size_t stream = 0;    // that the last start began
    std::array<Stream, kMostStreams> streams;
  };

  void compute_load(const UpwardSignals& south);
  void compute_serial(const UpwardSignals& south, std::uint32_t acc_in);
  void compute_parallel(const UpwardSignals& south, std::uint32_t acc_in);

  CellShape shape_;
  State state_, next_;
  UpwardSignals up_, next_up_;
  std::uint32_t acc_ = 0, next_acc_ = 0;
};

}  // namespace colcomb::simulation
