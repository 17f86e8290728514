#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb {

/// A run's clocks by what holds them (cycles.def; docs/reference/cycle-model.md defines each part).
struct CycleCount {
#define COLCOMB_CYCLES(name, sentence) std::uint64_t name = 0;
#include "colcomb/artifacts/cycles.def"
#undef COLCOMB_CYCLES

  /// The sum of the parts.
  [[nodiscard]] std::uint64_t total() const;
  CycleCount& operator+=(const CycleCount& other);  // adds each count
  bool operator==(const CycleCount&) const = default;
};

/// A row of cycles.def.
struct CyclePart {
  const char* name;                  // as tables name it
  const char* sentence;              // what it means
  std::uint64_t CycleCount::*count;  // which count it is
};
[[nodiscard]] std::span<const CyclePart> cycle_parts();

/// What moved and what worked (activity.def).
struct ActivityCount {
#define COLCOMB_ACTIVITY(name, unit, sentence) std::uint64_t name = 0;
#include "colcomb/artifacts/activity.def"
#undef COLCOMB_ACTIVITY

  ActivityCount& operator+=(const ActivityCount& other);  // adds each count
  bool operator==(const ActivityCount&) const = default;
};

/// A row of activity.def.
struct ActivityCounter {
  const char* name;                     // as tables name it
  const char* unit;                     // of the count
  const char* sentence;                 // what it means
  std::uint64_t ActivityCount::*count;  // which count it is
};
[[nodiscard]] std::span<const ActivityCounter> activity_counters();

/// One layer (or, with `tile` set, one tile) over all images of a run.
struct SimulatedPart {
  std::string name;                   // the layer's
  std::optional<std::uint32_t> tile;  // index in the schedule
  std::size_t rows = 0;               // filters
  std::size_t groups = 0;             // packed columns, G
  std::uint64_t array_cells = 0;      // of the array it ran on
  std::uint64_t cells = 0;            // cells x tiles it was given
  std::uint64_t nonzeros = 0;         // of those, cells that hold a weight
  /// Cross-layer: of the line buffers in front of its array, the one of the map that it adds too.
  std::uint64_t line_buffer_bytes = 0;
  CycleCount cycles;       // where its clocks go
  ActivityCount activity;  // what it moves and computes
  /// Layers: weights that are part of the architecture, a pooling that runs on the array as filter
  /// matrices. Its clocks are in the total; a machine with a pooling unit would not spend them
  /// here.
  bool fixed = false;
  bool row_exponents = false;  // layers: rows have scales of their own
  /// Layers: bytes in each row bus's memory of activation tables that this layer is the first of
  /// its array to use; 0: none. Layer after layer all layers share the memory.
  std::uint64_t table_bytes = 0;
  /// Layers: one sentence, what bounds it and what would help; empty for fixed ones.
  std::string advice;

  /// Cells that hold a weight, of those of the tiles.
  [[nodiscard]] double cell_utilization() const;
  /// Clocks in which words enter, of all.
  [[nodiscard]] double time_utilization() const;
  bool operator==(const SimulatedPart&) const = default;
};

/// A run of the machine.
struct SimulationResult {
  ArrayConfig config;                 // the machine
  std::string engine;                 // "fast" or "exact"
  std::uint64_t images = 0;           // that went through it
  std::vector<SimulatedPart> tiles;   // of one batch's schedule (layer by layer alone)
  std::vector<SimulatedPart> layers;  // in the network's order
  SimulatedPart total;                // all layers together
  std::uint64_t latency = 0;          // clocks from 0 to the first batch's last logit
  std::uint64_t interval = 0;         // clocks from batch to batch when the machine is kept busy
  std::uint64_t configuration = 0;    // cross-layer: clocks to load all arrays, before clock 0

  /// Of images, when the machine is kept busy.
  [[nodiscard]] double frames_per_second() const;
  /// Of one batch at the array's clock.
  [[nodiscard]] double latency_seconds() const;
};

/// One run of several that compare settings on the same network.
struct NamedSimulation {
  std::string name;         // the setting, in words
  SimulationResult result;  // what the machine did in it
};

}  // namespace colcomb
