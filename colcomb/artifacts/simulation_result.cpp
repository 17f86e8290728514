#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::span<const CyclePart> cycle_parts() {
  static constexpr CyclePart kParts[] = {
#define COLCOMB_CYCLES(name, sentence) {#name, sentence, &CycleCount::name},
#include "colcomb/artifacts/cycles.def"
#undef COLCOMB_CYCLES
  };
  return kParts;
}

std::span<const ActivityCounter> activity_counters() {
  static constexpr ActivityCounter kCounters[] = {
#define COLCOMB_ACTIVITY(name, unit, sentence) {#name, unit, sentence, &ActivityCount::name},
#include "colcomb/artifacts/activity.def"
#undef COLCOMB_ACTIVITY
  };
  return kCounters;
}

std::uint64_t CycleCount::total() const {
  std::uint64_t sum = 0;
  for (const CyclePart& part : cycle_parts()) sum += this->*part.count;
  return sum;
}

CycleCount& CycleCount::operator+=(const CycleCount& other) {
  for (const CyclePart& part : cycle_parts()) this->*part.count += other.*part.count;
  return *this;
}

ActivityCount& ActivityCount::operator+=(const ActivityCount& other) {
  for (const ActivityCounter& counter : activity_counters())
    this->*counter.count += other.*counter.count;
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
