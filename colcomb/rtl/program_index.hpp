#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::rtl {

/// Where the descriptors of a program's tiles lie in the modules' memories. Tiles with the same
/// descriptors share them.
class ProgramIndex {
 public:
  /// Descriptors of one clock for all ports, line for line: `count` descriptors from `begin` on,
  /// from line `line` on. Places of column descriptors depend on `width`, the map's; else 0.
  struct Lines {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
    std::uint32_t width = 0;
    std::uint32_t line = 0;

    bool operator==(const Lines&) const = default;
  };
  struct RowTile {
    std::uint32_t row_begin = 0;  // in the program's rows
    std::uint32_t rows = 0;
    std::uint32_t layer = 0;
    std::uint32_t filter_begin = 0;  // of the layer

    bool operator==(const RowTile&) const = default;
  };

  explicit ProgramIndex(const TileProgram& program);

  /// Ports of a bank for column and for write descriptors.
  [[nodiscard]] std::uint32_t read_ports() const { return read_ports_; }
  [[nodiscard]] std::uint32_t write_ports() const { return write_ports_; }
  // What the memories hold, in order of lines and row tiles.
  [[nodiscard]] const std::vector<Lines>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<Lines>& writes() const { return writes_; }
  [[nodiscard]] const std::vector<RowTile>& rows() const { return rows_; }
  [[nodiscard]] std::uint32_t column_lines() const { return column_lines_; }
  [[nodiscard]] std::uint32_t write_lines() const { return write_lines_; }
  /// Activation tables, each once, of 256 bytes.
  [[nodiscard]] const std::vector<std::vector<std::uint8_t>>& tables() const { return tables_; }
  /// Number of a layer's activation table, from 1; 0: it has none.
  [[nodiscard]] std::uint32_t table(std::size_t layer) const { return table_[layer]; }
  // Per tile: its first line, its row tile.
  [[nodiscard]] std::uint32_t column_line(std::size_t tile) const { return column_line_[tile]; }
  [[nodiscard]] std::uint32_t write_line(std::size_t tile) const { return write_line_[tile]; }
  [[nodiscard]] std::uint32_t row_tile(std::size_t tile) const { return row_tile_[tile]; }

 private:
  std::uint32_t read_ports_;
  std::uint32_t write_ports_;
  std::vector<Lines> columns_;
  std::vector<Lines> writes_;
  std::vector<RowTile> rows_;
  std::uint32_t column_lines_ = 0;
  std::uint32_t write_lines_ = 0;
  std::vector<std::uint32_t> column_line_;
  std::vector<std::uint32_t> write_line_;
  std::vector<std::uint32_t> row_tile_;
  std::vector<std::vector<std::uint8_t>> tables_;
  std::vector<std::uint32_t> table_;  // per layer
};

}  // namespace colcomb::rtl
