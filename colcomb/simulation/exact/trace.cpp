#include "colcomb/simulation/exact/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "colcomb/base/csv.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/vcd_writer.hpp"
#include "colcomb/simulation/machine/machine.hpp"
#include "colcomb/simulation/machine/pipeline_machine.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::simulation {
namespace {

using tiling::TileClocks;
using tiling::TileTimes;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

Range range_of(const QuantizedNetwork& network, const ArrayConfig& config,
               const TraceOptions& trace) {
  if (!trace.tile) {
    if (trace.first_clock > trace.last_clock)
      throw option_error("trace.first_clock", fmt::to_string(trace.first_clock),
                         "must not lie after the last clock to trace");
    return {trace.first_clock, trace.last_clock};
  }
  const Schedule schedule = tiling::make_schedule(network, config);
  if (*trace.tile >= schedule.tiles.size())
    throw option_error("trace.tile", fmt::to_string(*trace.tile),
                       fmt::format("the program has {} tiles", schedule.tiles.size()));
  TileClocks clocks(config, schedule);
  TileTimes times;
  for (std::uint32_t tile = 0; tile <= *trace.tile; ++tile) times = clocks.next();
  return {static_cast<std::uint64_t>(times.load), static_cast<std::uint64_t>(times.last_result)};
}

/// Declares the signals that it is shown, in the waveforms.
class Declaration : public SignalSink {
 public:
  explicit Declaration(VcdWriter& vcd) : vcd_(vcd) {}

  void open(const std::string& scope) override { vcd_.open_scope(scope); }
  void close() override { vcd_.close_scope(); }
  void signal(const char* name, std::size_t bits, std::uint64_t /*value*/) override {
    const std::size_t index = vcd_.declare(name, bits);
    if (count_++ == 0) first_ = index;
  }
  [[nodiscard]] std::size_t first() const { return first_; }

 private:
  VcdWriter& vcd_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// Gives the same signals their values.
class Values : public SignalSink {
 public:
  Values(VcdWriter& vcd, std::size_t first) : vcd_(vcd), next_(first) {}

  void open(const std::string& /*scope*/) override {}
  void close() override {}
  void signal(const char* /*name*/, std::size_t /*bits*/, std::uint64_t value) override {
    vcd_.value(next_++, value);
  }

 private:
  VcdWriter& vcd_;
  std::size_t next_;
};

class Tracer : public Probe {
 public:
  Tracer(const ArrayConfig& config, const TraceOptions& trace, Range range)
      : config_(config), trace_(trace), range_(range) {
    csv_ = CsvRow("clock", "store", "operation", "address").line();
  }

  void clock(std::uint64_t clock, std::uint32_t tile, const ArrayFront& front) override {
    now_ = clock;
    tile_ = tile;
    front_ = &front;
  }

  void blocks(const machine::Machine& machine) override {
    if (trace_.vcd.empty() || !inside()) return;
    if (cells_.empty()) declare(machine);
    vcd_.time(now_);
    vcd_.value(tile_signal_, tile_);
    Values values(vcd_, first_block_signal_);
    machine.show_signals(values);
    for (const Cell& cell : cells_) show(cell, *front_);
  }

  void pipeline(std::uint64_t clock, const machine::PipelineMachine& machine) override {
    now_ = clock;
    if (trace_.vcd.empty() || !inside()) return;
    if (cells_.empty()) declare(machine);
    vcd_.time(clock);
    Values values(vcd_, first_block_signal_);
    machine.show_signals(values);
    for (const Cell& cell : cells_) show(cell, machine.stages()[cell.layer].path().array());
  }

  void access(const std::string& store, const char* operation, std::size_t address) override {
    if (trace_.csv.empty() || !inside()) return;
    csv_ += CsvRow(now_, store, operation, address).line();
  }

  void write_files() {
    if (!trace_.csv.empty()) write_text(trace_.csv, csv_);
    if (trace_.vcd.empty()) return;
    vcd_.finish();
    write_text(trace_.vcd, vcd_.text());
  }

 private:
  struct Cell {
    std::size_t layer;
    std::size_t row;
    std::size_t column;
    std::size_t data;
    std::size_t start;
    std::size_t swap;
    std::size_t acc;
  };

  [[nodiscard]] bool inside() const { return now_ >= range_.first && now_ <= range_.last; }

  static void write_text(const std::filesystem::path& path, const std::string& text) {
    write_file_atomically(path, text);
  }

  void show(const Cell& cell, const ArrayFront& front) {
    const CellOutputs out = front.outputs(cell.row, cell.column);
    vcd_.value(cell.data, out.data);
    vcd_.value(cell.start, out.start ? 1 : 0);
    vcd_.value(cell.swap, out.swap ? 1 : 0);
    vcd_.value(cell.acc, out.acc);
  }

  void declare(const machine::Machine& machine) {
    vcd_.open_scope("machine");
    tile_signal_ = vcd_.declare("tile", 32);
    Declaration declaration(vcd_);
    machine.show_signals(declaration);
    first_block_signal_ = declaration.first();
    declare_cells("array", 0, config_.rows, config_.columns);
    vcd_.close_scope();
    vcd_.end_declarations();
  }

  void declare(const machine::PipelineMachine& machine) {
    Declaration declaration(vcd_);
    machine.show_signals(declaration);
    first_block_signal_ = declaration.first();
    for (std::size_t layer = 0; layer < machine.stages().size(); ++layer) {
      const ArrayConfig& array = machine.stages()[layer].stage().program.array;
      declare_cells(fmt::format("array{}", layer), layer, array.rows, array.columns);
    }
    vcd_.end_declarations();
  }

  void declare_cells(const std::string& scope, std::size_t layer, std::size_t rows,
                     std::size_t columns) {
    const bool parallel = config_.cell == CellKind::kParallel;
    const std::size_t lines =
        parallel ? 8 * std::min<std::size_t>(8, config_.alpha) : config_.alpha;
    const std::size_t acc = parallel ? config_.accumulation_bits : config_.streams();
    vcd_.open_scope(scope);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        if (trace_.edges_only && row != 0 && column + 1 != columns) continue;
        vcd_.open_scope(fmt::format("row{}_column{}", row, column));
        cells_.push_back({layer, row, column, vcd_.declare("data_out", lines),
                          vcd_.declare("start_out", 1), vcd_.declare("swap_out", 1),
                          vcd_.declare("acc_out", acc)});
        vcd_.close_scope();
      }
    }
    vcd_.close_scope();
  }

  const ArrayConfig& config_;
  const TraceOptions& trace_;
  Range range_;
  std::uint64_t now_ = 0;
  std::string csv_;
  VcdWriter vcd_;
  std::size_t tile_signal_ = 0;
  std::size_t first_block_signal_ = 0;
  std::uint32_t tile_ = 0;
  const ArrayFront* front_ = nullptr;
  std::vector<Cell> cells_;
};

}  // namespace

Simulation trace_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::span<const std::uint8_t> images, const TraceOptions& trace) {
  if (config.cross_layer && trace.tile)
    throw option_error("trace.tile", fmt::to_string(*trace.tile),
                       "schedule.cross_layer gives every layer an array of its own, without tiles: "
                       "name clocks instead");
  Tracer tracer(config, trace, range_of(network, config, trace));
  Simulation simulation = simulate_exact(network, config, images, {.probe = &tracer});
  tracer.write_files();
  return simulation;
}

}  // namespace colcomb::simulation
