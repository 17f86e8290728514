#include "colcomb/tiling/schedule.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/layer_tiles.hpp"
#include "colcomb/tiling/limits.hpp"
#include "colcomb/tiling/placement.hpp"

namespace colcomb::tiling {
namespace {

/// Decides where the weights are: read once and kept, or read by every tile.
void decide_weight_residency(Schedule& schedule, const ArrayConfig& config) {
  std::uint64_t bytes = 0;
  for (const Tile& tile : schedule.tiles) {
    if (tile.word_begin == 0) bytes += tile.weight_bytes;
  }
  schedule.weights_resident = bytes <= config.weight_bytes;
  if (!schedule.weights_resident) return;
  schedule.initial_weight_bytes = bytes;
  for (Tile& tile : schedule.tiles) tile.weight_bytes = 0;
}

/// Schedule::layer_waits of a layer after the first. Its words may begin while the last tile before
/// them still writes: each reads map rows of which the last pixel's word, in the tile before, is as
/// many clocks ahead as results take to be written.
std::uint32_t layer_wait(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
                         const ArrayConfig& config, const Schedule& schedule, std::size_t layer) {
  const LayerDescription& description = network.layer(layer);
  // What else a layer reads has no order in time with what the last tile before writes.
  if (description.source || !description.more_inputs.empty()) return 0;
  const LayerDescription& source = network.layer(layer - 1);
  // What poolings make of the last words comes too late to keep the words' order.
  if (schedule.waits_for_dram[layer] != 0 || schedule.pooling_clocks[layer - 1] > 0) return 0;
  const Tile* before = nullptr;  // the last tile of the layer before
  std::int64_t interval = 0;     // the shortest of the layer's own
  std::int64_t read = 0;         // the longest Q
  for (const Tile& tile : schedule.tiles) {
    if (tile.layer + 1 == layer) before = &tile;
    if (tile.layer != layer) continue;
    interval = interval == 0 ? tile.interval : std::min<std::int64_t>(interval, tile.interval);
    read = std::max<std::int64_t>(read, tile.read_clocks);
  }
  const auto last_row = static_cast<std::int64_t>(source.out_height()) - 1;
  const auto width = static_cast<std::int64_t>(source.out_width());
  const WordGrid grid = description.words();
  const std::int64_t step = description.residual == layer - 1
                                ? static_cast<std::int64_t>(residual_stride(network, layer))
                                : 0;
  std::int64_t ahead = 0;
  for (std::size_t image = 0; image < config.batch; ++image) {
    for (std::size_t y = 0; y < grid.height(); ++y) {
      const auto row = static_cast<std::int64_t>(y);
      const std::int64_t reads =
          row * static_cast<std::int64_t>(description.stride) + shapes[layer].window.most_dy;
      const std::int64_t needed =
          std::clamp<std::int64_t>(std::max(reads, row * step), 0, last_row);
      const auto map = static_cast<std::int64_t>(image) * (last_row + 1);
      const std::int64_t written =
          (map + needed + 1) * width - 1 - static_cast<std::int64_t>(before->word_begin);
      const auto word = static_cast<std::int64_t>(image * grid.words() + y * grid.width());
      if (written < 0) continue;
      ahead =
          std::max(ahead, written * before->interval + done_latency(*before, 0) - word * interval);
    }
  }
  return static_cast<std::uint32_t>(ahead + array_latency(config) + read + kReadLead);
}

}  // namespace

Schedule make_schedule(const QuantizedNetwork& network, const ArrayConfig& config) {
  require_fits(network, config);
  std::vector<InputLayout> layouts;
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    layouts.push_back(input_layout(network.layer(i), network.description.layer(i), config));
  return make_schedule(network.description, shapes_of(network, config, layouts), config);
}

Schedule make_schedule(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
                       const ArrayConfig& config) {
  COLCOMB_CHECK(shapes.size() == network.layer_count(), "one shape per layer");
  const Placement placement = place_maps(network, shapes, config);
  Schedule schedule;
  schedule.input_in_dram = placement.input_in_dram;
  schedule.output_in_dram = placement.output_in_dram;
  schedule.residual_kept = placement.residual_kept;
  for (std::size_t layer = 0; layer < shapes.size(); ++layer) {
    const bool global = !network.is_classifier(layer) && network.is_pooled(layer);
    schedule.pooling_clocks.push_back(
        static_cast<std::uint8_t>(pooling_clocks(network.layer(layer).pooling, global)));
    const auto& residual = network.layer(layer).residual;
    const bool waits = (layer > 0 && placement.input_in_dram[layer] != 0) ||
                       (residual && placement.residual_kept[*residual] == 0);
    schedule.waits_for_dram.push_back(waits ? 1 : 0);
  }
  for (std::size_t layer = 0; layer < shapes.size(); ++layer)
    append_layer(schedule.tiles, network, shapes[layer], config, placement, layer);
  if (schedule.input_in_dram[0] == 0) {
    const LayerDescription& first = network.layer(0);
    const std::uint64_t plane = config.batch * first.in_height * first.in_width;
    schedule.tiles.front().input_bytes +=
        shapes[0].window.channels * burst_bytes({0, plane}, config);
  }
  schedule.layer_waits.push_back(0);
  for (std::size_t layer = 1; layer < shapes.size(); ++layer)
    schedule.layer_waits.push_back(layer_wait(network, shapes, config, schedule, layer));
  decide_weight_residency(schedule, config);
  schedule.slots = config.weight_bytes < 2 * config.tile_bytes() ? 1 : 2;
  return schedule;
}

std::uint64_t residual_rows(const NetworkDescription& network, std::size_t layer,
                            std::uint64_t row_begin, std::uint64_t rows) {
  const auto& residual = network.layer(layer).residual;
  if (!residual) return 0;
  const std::uint64_t channels = network.layer(*residual).out_channels;
  return std::min(row_begin + rows, channels) - std::min(row_begin, channels);
}

}  // namespace colcomb::tiling
