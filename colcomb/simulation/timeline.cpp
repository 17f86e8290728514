#include "colcomb/simulation/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::simulation {
namespace {

using tiling::Clock;

enum Track : std::size_t { kArray, kIdle, kWeights, kDram, kResults, kTracks };

void sort(std::vector<TimelineSlice>& slices) {
  std::ranges::sort(slices, {},
                    [](const TimelineSlice& slice) { return std::pair(slice.track, slice.begin); });
}

class LayeredTimeline {
 public:
  LayeredTimeline(const QuantizedNetwork& network, const ArrayConfig& config)
      : network_(network), config_(config), schedule_(tiling::make_schedule(network, config)) {
    timeline_.clock_mhz = config.clock_mhz;
    timeline_.tracks = {"array", "idle array", "weights", "DRAM", "results"};
  }

  Timeline build(std::uint64_t batches) {
    tiling::TileClocks clocks(config_, schedule_);
    for (std::uint64_t batch = 0; batch < batches; ++batch) {
      for (std::uint32_t t = 0; t < schedule_.tiles.size(); ++t) {
        const tiling::TileTimes times = clocks.next();
        add(times, clocks.transfer_begin(), batch, t);
      }
    }
    sort(timeline_.slices);
    return std::move(timeline_);
  }

 private:
  void add(const tiling::TileTimes& times, Clock transfer_begin, std::uint64_t batch,
           std::uint32_t index) {
    const Tile& tile = schedule_.tiles[index];
    const std::string name = fmt::format(
        "{}, filters {} to {}, column tile {}", network_.description.layer(tile.layer).name,
        tile.row_begin, tile.row_begin + tile.rows - 1, tile.column_tile);
    add_waits(times, tile);
    add_slice(kArray, name, times.begin, times.end,
              {{"batch", batch},
               {"tile", index},
               {"input words", tile.words},
               {"word interval", tile.interval},
               {"nonzeros", tile.nonzeros}});
    const auto load = static_cast<Clock>(tile.rows * config_.load_clocks());
    add_slice(kWeights, name, times.load, times.load + load, {{"tile", index}});
    add_slice(kDram, name, transfer_begin, times.dram,
              {{"weight bytes", tile.weight_bytes}, {"input bytes", tile.input_bytes}});
    const Clock first = std::max(
        times.last_result - (times.last_word - times.begin) - static_cast<Clock>(config_.rows) + 1,
        results_end_);
    add_slice(kResults, name, first, times.done, {{"bytes to DRAM", tile.output_bytes}});
    results_end_ = times.done;
    end_before_ = times.end;
  }

  /// What the array waits for before a tile, in the order of the cycle breakdown.
  void add_waits(const tiling::TileTimes& times, const Tile& tile) {
    const Clock there = std::clamp(times.dram, end_before_, times.begin);
    const Clock loaded = std::clamp(times.ready, there, times.begin);
    const Clock filling = std::max(loaded, times.begin - tile.read_clocks - tiling::kReadLead);
    add_slice(kIdle, "DRAM", end_before_, there, {});
    add_slice(kIdle, "weight loading", there, loaded, {});
    add_slice(kIdle, "results of earlier tiles", loaded, filling, {});
    add_slice(kIdle, "fill", filling, times.begin, {});
  }

  void add_slice(Track track, const std::string& name, Clock begin, Clock end,
                 std::initializer_list<std::pair<const char*, std::uint64_t>> details) {
    if (end <= begin) return;
    TimelineSlice& slice = timeline_.slices.emplace_back();
    slice.track = track;
    slice.name = name;
    slice.begin = static_cast<std::uint64_t>(begin);
    slice.end = static_cast<std::uint64_t>(end);
    for (const auto& [detail, value] : details) slice.details.emplace_back(detail, value);
  }

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  Schedule schedule_;
  Timeline timeline_;
  Clock end_before_ = 0;
  Clock results_end_ = 0;
};

Timeline pipelined_timeline(const QuantizedNetwork& network, const ArrayConfig& config,
                            std::uint64_t images) {
  const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
  Timeline timeline;
  timeline.clock_mhz = config.clock_mhz;
  for (const LayerDescription& layer : network.description.all()) {
    // An image may begin before the one before has left the array: two tracks in turn.
    timeline.tracks.push_back(layer.name + ", even images");
    timeline.tracks.push_back(layer.name + ", odd images");
  }
  std::vector<std::uint64_t> free(timeline.tracks.size());  // of each track
  tiling::PipelineClocks clocks(pipeline);
  for (std::uint64_t image = 0; image < images; ++image) {
    static_cast<void>(clocks.next());
    for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
      const tiling::PipelineClocks::StageTimes times = clocks.times(layer);
      const std::size_t track = 2 * layer + image % 2;
      const std::uint64_t begin = std::max(times.first_word, free[track]);
      free[track] = times.last_result + 1;
      TimelineSlice& slice = timeline.slices.emplace_back();
      slice.track = track;
      slice.name = fmt::format("image {}", image);
      slice.begin = begin;
      slice.end = times.last_result + 1;
    }
  }
  sort(timeline.slices);
  return timeline;
}

}  // namespace

Timeline timeline_of(const QuantizedNetwork& network, const ArrayConfig& config,
                     std::uint64_t batches) {
  if (config.cross_layer) return pipelined_timeline(network, config, batches);
  return LayeredTimeline(network, config).build(batches);
}

}  // namespace colcomb::simulation
