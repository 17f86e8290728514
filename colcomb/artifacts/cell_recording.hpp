#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// The output registers of one cell in one clock; line or stream k is bit k.
struct RecordedCell {
  std::uint64_t data = 0;  // data lines, one bit each; of a parallel cell the first eight's bytes
  std::uint32_t acc = 0;   // one bit per stream; of a parallel cell the accumulation
  bool start = false;      // a word's first bit
  bool swap = false;       // the weights loaded before become the cell's
  bool loading = false;    // weight bits pass
  bool active = false;     // the cell works with the recorded tile's weight

  bool operator==(const RecordedCell&) const = default;
};

/// An accumulation of the recorded tile that has left a row whole.
struct RecordedResult {
  std::uint64_t clock = 0;  // in which it left
  std::uint32_t row = 0;    // of the array
  std::int64_t value = 0;   // signed, of accumulation_bits
  std::uint32_t word = 0;   // of the tile, from 0
};

/// What the cells of an array showed, clock by clock, while a tile's first words went through.
struct CellRecording {
  ArrayConfig config;           // the machine that was recorded
  std::string layer;            // name of the recorded layer
  std::uint32_t tile = 0;       // in the schedule
  std::uint32_t row_begin = 0;  // first filter
  std::uint32_t rows = 0;       // filters of the tile
  std::uint32_t words = 0;      // recorded ones
  bool first = false;           // accumulations begin with the bias, not with partial sums
  bool last = false;            // accumulations are whole sums, not partial ones

  /// Per column in use: which of the layer's groups it holds, and that group's columns of the
  /// filter matrix.
  std::vector<std::uint32_t> groups;
  /// By group of the tile: the layer's columns in it.
  std::vector<std::vector<std::uint32_t>> columns;
  Matrix<std::int8_t> weights;   // rows x columns in use; 0 where the cell is empty
  Matrix<std::uint8_t> selects;  // the same shape: which data line the cell reads

  std::uint64_t first_clock = 0;        // the first that was recorded
  std::uint64_t clocks = 0;             // how many were
  std::uint64_t begin = 0;              // the first word's first bit is at cell (0, 0)
  std::vector<RecordedCell> cells;      // clocks x config.rows x config.columns
  std::vector<RecordedResult> results;  // what left the rows in these clocks
  /// words x columns in use x config.alpha: the bytes that entered at row 0.
  std::vector<std::uint8_t> inputs;

  /// The cell at (row, column) in a clock. Requires: all three within what was recorded.
  [[nodiscard]] const RecordedCell& cell(std::uint64_t clock, std::size_t row,
                                         std::size_t column) const {
    return cells[(clock * config.rows + row) * config.columns + column];
  }
};

}  // namespace colcomb
