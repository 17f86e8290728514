#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/machine/buffer.hpp"
#include "colcomb/simulation/machine/column_feeder.hpp"
#include "colcomb/simulation/machine/line_rings.hpp"
#include "colcomb/simulation/machine/output_crossbar.hpp"
#include "colcomb/simulation/machine/pooling_unit.hpp"
#include "colcomb/simulation/machine/row_feeder.hpp"
#include "colcomb/simulation/machine/row_output.hpp"
#include "colcomb/simulation/machine/signal_sink.hpp"
#include "colcomb/simulation/machine/weight_loader.hpp"
#include "colcomb/simulation/machine/window_unit.hpp"

namespace colcomb::simulation::machine {

/// The blocks between the memories of one array and the wires between them: what feeds the array,
/// the array, and what takes its results. Who sends the words, and which memories there are, is the
/// affair of the machine around it.
class Datapath {
 public:
  enum Block : std::uint8_t {
    kLoader,
    kColumns,
    kRows,
    kArray,
    kOutputs,
    kWindows,
    kPooling,
    kCrossbar,
    kBlocks
  };
  /// Outputs of blocks outside; a buffer that the program never reads may be null.
  struct In {
    const WordToken* column = nullptr;  // to the first column's feeder
    const WordToken* row = nullptr;     // to the first row's
    const LoadToken* load = nullptr;
    const Buffer* weights = nullptr;
    const Buffer* data = nullptr;
    const Buffer* input = nullptr;
    const Buffer* partial_sums = nullptr;
    const Buffer* residuals = nullptr;
    const Buffer* residual_inputs = nullptr;
    const Buffer* windows = nullptr;  // line buffer of pooling windows
  };

  /// `rings`: what the feeders read are rings of pixels (LineRings). The arguments must outlive the
  /// object.
  Datapath(const TileProgram& program, bool plain, const LineRings& rings = {});

  void compute(Block block, const In& in);
  void commit(Block block);

  [[nodiscard]] const WeightLoader& loader() const { return loader_; }
  [[nodiscard]] const std::vector<ColumnFeeder>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<RowFeeder>& rows() const { return rows_; }
  [[nodiscard]] const ArrayFront& array() const { return *array_; }
  [[nodiscard]] const std::vector<RowOutput>& outputs() const { return outputs_; }
  [[nodiscard]] const std::vector<WindowUnit>& windows() const { return windows_; }
  [[nodiscard]] const std::vector<PoolingUnit>& pooling() const { return pooling_; }
  [[nodiscard]] const OutputCrossbar& crossbar() const { return crossbar_; }

  /// The bus of a row.
  [[nodiscard]] std::size_t bus(std::size_t row) const { return buses_[row]; }
  // Who shows what in this clock, ascending: rows a result, columns and rows a read of their banks.
  [[nodiscard]] const std::vector<std::size_t>& shown() const { return shown_; }
  [[nodiscard]] const std::vector<std::size_t>& reading_columns() const { return reading_columns_; }
  [[nodiscard]] const std::vector<std::size_t>& reading_rows() const { return reading_rows_; }
  /// Calls body(token, row, byte, writes) for the results that the row buses show: of the rows, or
  /// of their pooling windows.
  template <class Body>
  void each_result(Body body) const {
    for (const std::size_t r : shown_) {
      const RowOutput::Out& out = outputs_[r].out();
      if (out.active && !out.to_partial_sums && !out.to_windows)
        body(out.token, r, out.byte, out.writes);
    }
    for (const WindowUnit& unit : windows_) {
      const WindowUnit::Out& out = unit.out();
      if (out.valid) body(out.token, out.row, out.byte, out.writes);
    }
  }
  /// The pooling windows' ports of their line buffer.
  void drive_windows(Buffer& buffer) const;
  /// What all blocks but the cells show.
  void show_signals(SignalSink& sink) const;

 private:
  void lay_wires(const In& in);
  void compute_columns(const In& in);
  void compute_rows(const In& in);
  void compute_array(const In& in);
  void compute_outputs();
  void compute_windows(const In& in);
  void compute_pooling();
  void compute_crossbar();

  const TileProgram& program_;
  WeightLoader loader_;
  std::vector<ColumnFeeder> columns_;
  std::vector<RowFeeder> rows_;
  std::unique_ptr<ArrayFront> array_;
  WordToken row_token_;  // what enters the next
  std::size_t result_delay_;
  TokenDelay results_;  // tokens of the row feeders, until their accumulations are whole
  std::vector<RowOutput> outputs_;
  std::vector<WindowUnit> windows_;   // per bus; none if no layer has pooling windows
  std::vector<PoolingUnit> pooling_;  // per bus
  OutputCrossbar crossbar_;

  std::vector<std::size_t> buses_;  // per row
  std::vector<std::size_t> shown_;
  std::vector<std::size_t> reading_columns_;
  std::vector<std::size_t> entering_columns_;  // those that show a word, or swap
  std::vector<std::size_t> reading_rows_;
  std::vector<std::size_t> entering_rows_;   // those that show an accumulation
  std::vector<ColumnFeeder::In> column_in_;  // wires to the feeders, which never change
  std::vector<RowFeeder::In> row_in_;
  std::vector<PoolingUnit::In> pooling_in_;   // wires to the pooling units
  std::vector<std::int16_t> row_bytes_;       // wires from rows to crossbar
  std::vector<std::uint32_t> accumulations_;  // and from array to row outputs
};

}  // namespace colcomb::simulation::machine
