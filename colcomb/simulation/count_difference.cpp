#include "colcomb/simulation/count_difference.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace colcomb::simulation {
namespace {

using Counts = std::vector<std::pair<const char*, std::uint64_t>>;

Counts counts_of(const SimulatedPart& part) {
  const CycleCount& c = part.cycles;
  const ActivityCount& a = part.activity;
  return {{"rows", part.rows},
          {"groups", part.groups},
          {"array cells", part.array_cells},
          {"cells", part.cells},
          {"nonzeros", part.nonzeros},
          {"compute clocks", c.compute},
          {"fill clocks", c.fill},
          {"drain clocks", c.drain},
          {"weight load clocks", c.weight_load},
          {"stall clocks", c.stall},
          {"tiles", a.tiles},
          {"words", a.words},
          {"useful MACs", a.useful_macs},
          {"wasted MACs", a.wasted_macs},
          {"data read bytes", a.data_read_bytes},
          {"data write bytes", a.data_write_bytes},
          {"residual read bytes", a.residual_read_bytes},
          {"partial read bytes", a.partial_read_bytes},
          {"partial write bytes", a.partial_write_bytes},
          {"weight load bits", a.weight_load_bits},
          {"memory read bytes", a.memory_read_bytes},
          {"memory write bytes", a.memory_write_bytes}};
}

Counts counts_of(const SimulationResult& result) {
  return {{"images", result.images},
          {"latency", result.latency},
          {"interval", result.interval},
          {"configuration clocks", result.configuration}};
}

std::string difference_in(const std::string& place, const Counts& one, const Counts& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].second == other[i].second) continue;
    return fmt::format("{}: {} {} and {}", place, one[i].first, one[i].second, other[i].second);
  }
  return "";
}

std::string difference_in(const char* what, const std::vector<SimulatedPart>& one,
                          const std::vector<SimulatedPart>& other) {
  if (one.size() != other.size())
    return fmt::format("{}s: {} and {}", what, one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    const std::string found = difference_in(fmt::format("{} {} ({})", what, i, one[i].name),
                                            counts_of(one[i]), counts_of(other[i]));
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace

std::string first_count_difference(const SimulationResult& one, const SimulationResult& other) {
  std::string found = difference_in("tile", one.tiles, other.tiles);
  if (found.empty()) found = difference_in("layer", one.layers, other.layers);
  if (found.empty()) found = difference_in("total", counts_of(one.total), counts_of(other.total));
  if (!found.empty()) return found;
  return difference_in("run", counts_of(one), counts_of(other));
}

}  // namespace colcomb::simulation
