#include <fmt/format.h>

#include <algorithm>

#include "colcomb/simulation/advice.hpp"

namespace colcomb::simulation {
namespace {

/// Clocks per image in which words enter the layer's array.
std::uint64_t busy(const SimulationResult& result, std::size_t layer) {
  return result.layers[layer].activity.input_words / result.images * result.config.word_interval();
}

std::string shorter_words(const ArrayConfig& config) {
  return config.word_interval() > 1 ? "a shorter word interval (array.cell) or fewer output pixels"
                                    : "fewer output pixels";
}

}  // namespace

std::string pipelined_advice(const SimulationResult& result, const InputDescription& input,
                             std::size_t layer) {
  const std::uint64_t own = busy(result, layer);
  const std::string start = fmt::format(
      "{:.0f}% of the interval of {} clocks: input words pass its array; ",
      100.0 * static_cast<double>(own) / static_cast<double>(result.interval), result.interval);
  if (own >= result.interval)
    return start + "it sets the pace, and " + shorter_words(result.config) + " would help";
  for (std::size_t other = 0; other < result.layers.size(); ++other) {
    if (busy(result, other) != result.interval) continue;
    return start + fmt::format("layer {} sets the pace, and {} there would help",
                               result.layers[other].name, shorter_words(result.config));
  }
  return start + fmt::format(
                     "the {} bytes of an image from DRAM set the pace, and more than {} "
                     "dram.bytes_per_clock would help",
                     input.size(), result.config.dram_bytes_per_clock);
}

}  // namespace colcomb::simulation
