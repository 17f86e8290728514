#include <fmt/format.h>

#include <algorithm>

#include "colcomb/simulation/advice.hpp"

namespace colcomb::simulation {
namespace {

/// Clocks per image in which a layer's words enter its array.
std::uint64_t busy(const tiling::Pipeline& pipeline, std::size_t layer) {
  const Tile& tile = pipeline.stages[layer].program.schedule.tiles.front();
  return tile.words * tile.interval;
}

/// What would let the words of a layer follow each other sooner, or be fewer.
std::string fewer_clocks(const tiling::Pipeline& pipeline, std::size_t layer) {
  const ArrayConfig& array = pipeline.array;
  const Tile& tile = pipeline.stages[layer].program.schedule.tiles.front();
  if (tile.interval > array.word_interval())
    return fmt::format("more than {} buffers.bank_ports", array.bank_ports);
  return array.word_interval() > 1 ? "a shorter word interval (array.cell) or fewer output pixels"
                                   : "fewer output pixels";
}

/// What sets the pace where no layer does.
std::string slowest_rest(const tiling::Pipeline& pipeline, std::uint64_t interval) {
  const ArrayConfig& array = pipeline.array;
  const std::uint64_t moved = pipeline.image_bytes() / array.dram_bytes_per_clock;
  const Tile& reader = pipeline.reader.schedule.tiles.front();
  if (std::max<std::uint64_t>(moved, reader.words * reader.interval) == interval)
    return fmt::format(
        "the {} bytes of an image from DRAM set the pace, and more than {} dram.bytes_per_clock "
        "would help",
        pipeline.image_bytes(), array.dram_bytes_per_clock);
  if (array.line_bytes > 0)
    return fmt::format(
        "line buffers of {} bytes at most hold the layers up, and larger ones (buffers.line_bytes) "
        "would help",
        array.line_bytes);
  return fmt::format(
      "the {} bytes that wait behind DRAM are too few for its latency, and more "
      "buffers.input_bytes would help",
      array.input_bytes);
}

}  // namespace

std::string pipelined_advice(const SimulationResult& result, const tiling::Pipeline& pipeline,
                             std::size_t layer) {
  const std::uint64_t own = busy(pipeline, layer);
  const std::string start = fmt::format(
      "{:.0f}% of the interval of {} clocks: input words pass its array; ",
      100.0 * static_cast<double>(own) / static_cast<double>(result.interval), result.interval);
  if (own >= result.interval)
    return start + "it sets the pace, and " + fewer_clocks(pipeline, layer) + " would help";
  for (std::size_t other = 0; other < result.layers.size(); ++other) {
    if (busy(pipeline, other) != result.interval) continue;
    return start + fmt::format("layer {} sets the pace, and {} there would help",
                               result.layers[other].name, fewer_clocks(pipeline, other));
  }
  return start + slowest_rest(pipeline, result.interval);
}

}  // namespace colcomb::simulation
