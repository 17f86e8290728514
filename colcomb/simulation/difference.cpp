#include "colcomb/simulation/difference.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "colcomb/quantization/integer_network.hpp"

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

std::string first_value_difference(const QuantizedNetwork& network,
                                   std::span<const std::uint8_t> image, const ImageValues& values) {
  const quantization::Trace trace = quantization::run_traced(network, image);
  const auto& layers = network.description.layers;
  for (std::size_t i = 0; i < trace.outputs.size(); ++i) {
    const quantization::Map& expected = trace.outputs[i];
    for (std::size_t k = 0; k < expected.values.size(); ++k) {
      if (expected.values[k] == values.outputs[i].values[k]) continue;
      const std::size_t pixel = k % expected.pixels();
      return fmt::format("layer {}, filter {}, pixel ({}, {}): {} instead of {}", layers[i].name,
                         k / expected.pixels(), pixel / expected.width, pixel % expected.width,
                         values.outputs[i].values[k], expected.values[k]);
    }
  }
  for (std::size_t c = 0; c < trace.pooled.size(); ++c) {
    if (trace.pooled[c] == values.pooled[c]) continue;
    return fmt::format("pooling, channel {}: {} instead of {}", c, values.pooled[c],
                       trace.pooled[c]);
  }
  for (std::size_t n = 0; n < trace.logits.size(); ++n) {
    if (trace.logits[n] == values.logits[n]) continue;
    return fmt::format("logit {}: {} instead of {}", n, values.logits[n], trace.logits[n]);
  }
  return "";
}

std::string first_count_difference(const SimulationResult& one, const SimulationResult& other) {
  std::string found = difference_in("tile", one.tiles, other.tiles);
  if (found.empty()) found = difference_in("layer", one.layers, other.layers);
  if (found.empty()) found = difference_in("total", counts_of(one.total), counts_of(other.total));
  if (!found.empty()) return found;
  return difference_in("run", counts_of(one), counts_of(other));
}

}  // namespace colcomb::simulation
