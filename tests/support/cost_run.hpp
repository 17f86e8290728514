#pragma once

#include <cstdint>

#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::tests {

/// A run of two images and two layers whose counters are all above 0 and all different, on an array
/// of 16 x 12 cells of 16 KiB banks; cross-layer each layer has an array of its own.
inline SimulationResult cost_run(CellKind cell, std::size_t alpha, bool cross_layer) {
  SimulationResult result;
  result.config.rows = 16;
  result.config.columns = 12;
  result.config.alpha = alpha;
  result.config.cell = cell;
  result.config.cross_layer = cross_layer;
  result.config.bank_ports = cell == CellKind::kParallel ? 2 : 1;
  result.config.data_bytes = 12 * 24'000;
  result.config.input_bytes = 12 * 13'000;
  result.config.residual_bytes = result.config.residual_input_bytes = 40'000;
  result.images = 2;
  result.interval = 4'000;
  result.latency = 5'000;
  std::uint64_t next = 1'001;
  for (const char* name : {"first", "second"}) {
    SimulatedPart layer;
    layer.name = name;
    layer.rows = 16;
    layer.groups = 12;
    layer.array_cells = 192;
    if (cross_layer) layer.line_buffer_bytes = 12 * 3'000;
    for (const ActivityCounter& counter : activity_counters())
      layer.activity.*counter.count = next += 17;
    layer.activity.useful_macs = 90'000;
    layer.activity.wasted_macs = 12'345;
    layer.cycles = {.compute = 4'000, .fill = 30, .drain = 400, .weight_load = 20, .stall = 77};
    result.layers.push_back(layer);
    result.total.cycles += layer.cycles;
    result.total.activity += layer.activity;
    result.total.array_cells = cross_layer ? 384 : 192;
  }
  return result;
}

}  // namespace colcomb::tests
