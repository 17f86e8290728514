#include "colcomb/simulation/count_difference.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace colcomb::simulation {
namespace {

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

Counts counts_of(const SimulatedPart& part) {
  Counts counts = {{"rows", part.rows},
                   {"groups", part.groups},
                   {"array_cells", part.array_cells},
                   {"cells", part.cells},
                   {"nonzeros", part.nonzeros}};
  for (const CyclePart& cycles : cycle_parts())
    counts.emplace_back(fmt::format("{} clocks", cycles.name), part.cycles.*cycles.count);
  for (const ActivityCounter& counter : activity_counters())
    counts.emplace_back(counter.name, part.activity.*counter.count);
  return counts;
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
