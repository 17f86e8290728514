#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// What a trace of a run, layer after layer, holds. Files are written when the run is over.
struct TraceOptions {
  /// Place in the tile program: from the first weight-load cycle to its last result, in the first
  /// batch. Without one, the clocks below.
  std::optional<std::uint32_t> tile;
  std::uint64_t first_clock = 0;  // without a tile: the first one to trace
  std::uint64_t last_clock = 0;   // included
  /// Waveforms (VCD, one time unit per clock): data, start, swap and acc of the cells' output
  /// registers. Empty: none.
  std::filesystem::path vcd;
  /// Only row 0, whose data come from the south edge, and the last column, whose accumulations
  /// leave: all cells of a large array make large files.
  bool edges_only = false;
  /// Accesses: clock, store, operation, address (CSV). Empty: none.
  std::filesystem::path csv;
};

/// simulate_exact with traces.
/// Errors: UserError where the program has no such tile, the clocks are in no order, or a file
/// cannot be written; cross-layer configurations.
[[nodiscard]] Simulation trace_exact(const QuantizedNetwork& network, const ArrayConfig& config,
                                     std::span<const std::uint8_t> images,
                                     const TraceOptions& trace);

}  // namespace colcomb::simulation
