#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

CycleCount& CycleCount::operator+=(const CycleCount& other) {
  compute += other.compute;
  fill += other.fill;
  drain += other.drain;
  weight_load += other.weight_load;
  stall += other.stall;
  return *this;
}

ActivityCount& ActivityCount::operator+=(const ActivityCount& other) {
  tiles += other.tiles;
  words += other.words;
  useful_macs += other.useful_macs;
  wasted_macs += other.wasted_macs;
  data_read_bytes += other.data_read_bytes;
  data_write_bytes += other.data_write_bytes;
  residual_read_bytes += other.residual_read_bytes;
  partial_read_bytes += other.partial_read_bytes;
  partial_write_bytes += other.partial_write_bytes;
  weight_load_bits += other.weight_load_bits;
  memory_read_bytes += other.memory_read_bytes;
  memory_write_bytes += other.memory_write_bytes;
  return *this;
}

double SimulatedPart::cell_utilization() const {
  return ratio(nonzeros, cells);
}

double SimulatedPart::time_utilization() const {
  return ratio(cycles.compute, cycles.total());
}

double SimulationResult::frames_per_second() const {
  if (interval == 0) return 0;
  return config.clock_mhz * 1e6 * static_cast<double>(config.batch) / static_cast<double>(interval);
}

double SimulationResult::latency_seconds() const {
  return static_cast<double>(latency) / (config.clock_mhz * 1e6);
}

}  // namespace colcomb
