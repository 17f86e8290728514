#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb {

/// Where clocks go. The parts sum to the total (docs/reference/cycle-model.md defines each).
struct CycleCount {
  std::uint64_t compute = 0;      // words enter, one per word interval
  std::uint64_t fill = 0;         // from the read of a buffer to the first bit in the array
  std::uint64_t drain = 0;        // nothing enters; results that are needed are still on their way
  std::uint64_t weight_load = 0;  // nothing enters; weights pass into the array
  std::uint64_t stall = 0;        // memory or data ports are late

  [[nodiscard]] std::uint64_t total() const { return compute + fill + drain + weight_load + stall; }
  CycleCount& operator+=(const CycleCount& other);
  bool operator==(const CycleCount&) const = default;
};

/// What moved and what worked.
struct ActivityCount {
  std::uint64_t tiles = 0;
  std::uint64_t words = 0;             // words through the array, summed over tiles
  std::uint64_t useful_macs = 0;       // nonzero cells x words
  std::uint64_t wasted_macs = 0;       // the array's other cells x words
  std::uint64_t data_read_bytes = 0;   // data buffer to shift block
  std::uint64_t data_write_bytes = 0;  // ReLU and quantization block to data buffer
  std::uint64_t residual_read_bytes = 0;
  std::uint64_t partial_read_bytes = 0;
  std::uint64_t partial_write_bytes = 0;
  std::uint64_t weight_load_bits = 0;  // shifted into the array
  std::uint64_t memory_read_bytes = 0;
  std::uint64_t memory_write_bytes = 0;

  ActivityCount& operator+=(const ActivityCount& other);
  bool operator==(const ActivityCount&) const = default;
};

/// One layer (or, with `tile` set, one tile) over all images of a run.
struct SimulatedPart {
  std::string name;
  std::optional<std::uint32_t> tile;  // index in the tile program
  std::size_t rows = 0;               // filters
  std::size_t groups = 0;
  std::uint64_t array_cells = 0;  // of the array it ran on
  std::uint64_t cells = 0;        // cells x tiles it was given
  std::uint64_t nonzeros = 0;     // of those, cells that hold a weight
  CycleCount cycles;
  ActivityCount activity;
  std::string advice;  // layers: one sentence, what bounds it and what would help

  /// Cells that hold a weight, of those of the tiles.
  [[nodiscard]] double cell_utilization() const;
  /// Clocks in which words enter, of all.
  [[nodiscard]] double time_utilization() const;
  bool operator==(const SimulatedPart&) const = default;
};

/// A run of the machine.
struct SimulationResult {
  ArrayConfig config;
  std::string engine;  // "fast" or "exact"
  std::uint64_t images = 0;
  std::vector<SimulatedPart> tiles;  // of one batch's tile program (layer by layer alone)
  std::vector<SimulatedPart> layers;
  SimulatedPart total;
  std::uint64_t latency = 0;        // clocks from 0 to the first batch's last logit
  std::uint64_t interval = 0;       // clocks from batch to batch when the machine is kept busy
  std::uint64_t configuration = 0;  // cross-layer: clocks to load all arrays, before clock 0

  [[nodiscard]] double frames_per_second() const;
  [[nodiscard]] double latency_seconds() const;
};

/// One run of several that compare settings on the same network.
struct NamedSimulation {
  std::string name;
  SimulationResult result;
};

}  // namespace colcomb
