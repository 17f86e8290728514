#include "colcomb/simulation/exact/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/csv.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/vcd_writer.hpp"
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

class Tracer : public Probe {
 public:
  Tracer(const ArrayConfig& config, const TraceOptions& trace, Range range)
      : config_(config), trace_(trace), range_(range) {
    csv_ = CsvRow("clock", "store", "operation", "address").line();
    if (!trace.vcd.empty()) declare();
  }

  void clock(std::uint64_t clock, std::uint32_t tile, const ArrayFront& front) override {
    now_ = clock;
    if (trace_.vcd.empty() || !inside()) return;
    vcd_.time(clock);
    vcd_.value(tile_signal_, tile);
    for (const Cell& cell : cells_) {
      const CellOutputs out = front.outputs(cell.row, cell.column);
      vcd_.value(cell.data, out.data);
      vcd_.value(cell.start, out.start ? 1 : 0);
      vcd_.value(cell.swap, out.swap ? 1 : 0);
      vcd_.value(cell.acc, out.acc);
    }
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

  void declare() {
    const bool parallel = config_.cell == CellKind::kParallel;
    const std::size_t lines =
        parallel ? 8 * std::min<std::size_t>(8, config_.alpha) : config_.alpha;
    const std::size_t acc = parallel ? config_.accumulation_bits : config_.streams();
    vcd_.open_scope("array");
    tile_signal_ = vcd_.declare("tile", 32);
    for (std::size_t row = 0; row < config_.rows; ++row) {
      for (std::size_t column = 0; column < config_.columns; ++column) {
        if (trace_.edges_only && row != 0 && column + 1 != config_.columns) continue;
        vcd_.open_scope(fmt::format("row{}_column{}", row, column));
        cells_.push_back({row, column, vcd_.declare("data_out", lines),
                          vcd_.declare("start_out", 1), vcd_.declare("swap_out", 1),
                          vcd_.declare("acc_out", acc)});
        vcd_.close_scope();
      }
    }
    vcd_.close_scope();
    vcd_.end_declarations();
  }

  const ArrayConfig& config_;
  const TraceOptions& trace_;
  Range range_;
  std::uint64_t now_ = 0;
  std::string csv_;
  VcdWriter vcd_;
  std::size_t tile_signal_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace

Simulation trace_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::span<const std::uint8_t> images, const TraceOptions& trace) {
  if (config.cross_layer)
    throw option_error("trace", "schedule.cross_layer", "traces are of runs layer after layer");
  Tracer tracer(config, trace, range_of(network, config, trace));
  Simulation simulation = simulate_exact(network, config, images, {.probe = &tracer});
  tracer.write_files();
  return simulation;
}

}  // namespace colcomb::simulation
