#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/exact_run.hpp"
#include "colcomb/simulation/exact/pipelined_machine.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/pipeline_clocks.hpp"
#include "colcomb/tiling/limits.hpp"

namespace colcomb::simulation {
namespace {

std::uint64_t end_of(const InFlightImage& flight) {
  std::uint64_t end = 0;
  for (const auto& results : flight.results) end = std::max(end, results.back() + 1);
  for (const std::uint64_t clock : flight.ended) end = std::max(end, clock + 1);
  return end;
}

/// By how much a layer's words of one image came later than those of the image before, if all by
/// the same.
std::optional<std::uint64_t> shift_of(const std::vector<std::uint64_t>& before,
                                      const std::vector<std::uint64_t>& now) {
  std::uint64_t shift = 0;
  for (std::size_t word = 0; word < now.size(); ++word) {
    if (word == 0) shift = now[word] - before[word];
    if (now[word] - before[word] != shift) return std::nullopt;
  }
  return shift;
}

/// The interval, once two images in a row prove it: each layer is later by one shift for all its
/// words, and no layer is slower than one that waits for it. A layer slower than what it waits for
/// waits for itself alone, and ever more so; one as slow keeps its distance. So the next image
/// is later by the same shifts.
std::optional<std::uint64_t> proven_interval(PipelinedMachine& machine,
                                             const NetworkDescription& network,
                                             std::uint64_t image) {
  const InFlightImage& before = machine.flight(image - 1);
  const InFlightImage& now = machine.flight(image);
  std::vector<std::uint64_t> shifts;
  std::uint64_t slowest = 0;
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    const auto shift = shift_of(before.begins[layer], now.begins[layer]);
    if (!shift) return std::nullopt;
    shifts.push_back(*shift);
    slowest = std::max(slowest, *shift);
    const bool waits = network.is_classifier(layer) || machine.layers()[layer].reads_input();
    const std::uint64_t input = layer == 0 ? now.begin - before.begin : shifts[layer - 1];
    // The channel waits for layer 0's first word in turn.
    if (waits && (layer == 0 ? *shift != input : *shift < input)) return std::nullopt;
    const auto source = network.layer(layer).residual;
    if (source && *shift < shifts[*source]) return std::nullopt;
  }
  return slowest;
}

/// The interval, where the run itself proves it.
std::optional<std::uint64_t> proven_interval(PipelinedMachine& machine,
                                             const NetworkDescription& network, std::uint64_t first,
                                             std::uint64_t end) {
  for (std::uint64_t image = first; image < end; ++image) {
    if (const auto interval = proven_interval(machine, network, image)) return interval;
  }
  return std::nullopt;
}

CycleCount cycles_of(PipelinedMachine& machine, std::size_t layer, std::uint64_t images,
                     std::uint64_t end, std::uint64_t interval) {
  CycleCount cycles;
  std::uint64_t free = machine.zero();
  for (std::uint64_t image = 0; image < images; ++image) {
    for (const std::uint64_t begin : machine.flight(image).begins[layer]) {
      (cycles.compute == 0 ? cycles.fill : cycles.stall) += begin - free;
      cycles.compute += interval;
      free = begin + interval;
    }
  }
  cycles.drain = end - free;
  return cycles;
}

}  // namespace

Simulation run_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                         std::span<const std::uint8_t> images, const ExactOptions& options) {
  COLCOMB_CHECK(config.batch == 1, "images follow each other one by one");
  tiling::require_fits(network, config);
  PipelinedMachine machine(network, config, images, options.plain, options.probe);
  Simulation simulation;
  SimulationResult& result = simulation.result;
  result = describe_pipelined(network, config);
  result.images = machine.values().size();
  result.configuration = machine.configuration();
  machine.run_to(result.images - 1);
  const auto proven = proven_interval(machine, network.description, 1, result.images);
  result.interval = proven ? *proven : PipelineClocks(network, config).interval();
  result.latency = end_of(machine.flight(0)) - machine.zero();
  const std::uint64_t end = end_of(machine.flight(result.images - 1));
  machine.read_rest();
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    result.layers[layer].cycles =
        cycles_of(machine, layer, result.images, end, config.word_interval());
    result.layers[layer].activity = machine.layers()[layer].activity();
  }
  complete_pipelined(result, network.description.input);
  simulation.values = std::move(machine.values());
  return simulation;
}

}  // namespace colcomb::simulation
