#include "colcomb/simulation/pipeline_clocks.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/semantics/geometry.hpp"

namespace colcomb::simulation {
namespace {

/// E: clocks from the write of an inter-layer buffer to the first bit that depends on it.
constexpr std::uint64_t kEdgeLatency = 4;

/// Pixels that the grouped columns read for output (y, x): the last in row-major order.
std::optional<std::size_t> last_pixel_read(const QuantizedLayer& layer,
                                           const LayerDescription& description, std::size_t y,
                                           std::size_t x) {
  std::optional<std::size_t> last;
  for (const auto& group : layer.weights.groups.groups) {
    for (const std::uint32_t m : group)
      last = std::max(last, semantics::input_pixel(description, description.columns[m], y, x));
  }
  return last;
}

}  // namespace

PipelineClocks::PipelineClocks(const QuantizedNetwork& network, const ArrayConfig& config)
    : network_(network), config_(config) {
  const LayerDescription& first = network.description.hidden.front();
  image_pixels_ = first.in_height * first.in_width;
  for (std::size_t i = 0; i < network.layer_count(); ++i) layers_.push_back(make_layer(i));
}

PipelineClocks::Layer PipelineClocks::make_layer(std::size_t index) const {
  const QuantizedLayer& weights = network_.layer(index);
  const LayerDescription& description = network_.description.layer(index);
  Layer layer;
  layer.delay = std::max<std::size_t>(1, weights.weights.groups.size()) + weights.weights.rows() -
                1 + config_.word_clocks();
  layer.source = description.residual;
  std::optional<semantics::ResidualPixels> source_pixel;
  if (layer.source) source_pixel.emplace(network_.description, index);
  const WordGrid words = description.words();
  for (std::size_t y = 0; y < words.height(); ++y) {
    for (std::size_t x = 0; x < words.width(); ++x) {
      layer.last_read.push_back(last_pixel_read(weights, description, y, x));
      layer.outputs.push_back(words.completed_by(y, x));
      if (source_pixel) layer.source_pixels.push_back((*source_pixel)(y, x));
    }
  }
  layer.window_delay = pooling_clocks(description.pooling, false);
  layer.results.resize(words.outputs());
  return layer;
}

std::uint64_t PipelineClocks::image_arrival(std::size_t pixel) const {
  const std::size_t channels = network_.description.hidden.front().in_channels;
  return image_begin_ + ceil_divide((pixel + 1) * channels, config_.dram_bytes_per_clock);
}

std::uint64_t PipelineClocks::earliest(std::size_t index, std::size_t word) const {
  if (network_.is_classifier(index) && network_.description.global_pooling)
    return std::ranges::max(layers_[index - 1].results) + kGlobalPoolingLatency + kEdgeLatency;
  const Layer& layer = layers_[index];
  std::uint64_t clock = 0;
  if (layer.last_read[word]) {
    const std::size_t read = *layer.last_read[word];
    clock = index == 0 ? image_arrival(read) - 1 + kEdgeLatency
                       : layers_[index - 1].results[read] + kEdgeLatency;
  }
  if (layer.source) {
    clock =
        std::max(clock, layers_[*layer.source].results[layer.source_pixels[word]] + kEdgeLatency);
  }
  return clock;
}

void PipelineClocks::pass(std::size_t index, std::size_t word) {
  Layer& layer = layers_[index];
  std::uint64_t clock = earliest(index, word);
  if (layer.words == 0) {
    layer.first = clock;
  } else {
    const std::uint64_t next = layer.last + config_.word_interval();
    clock = std::max(clock, next);
    layer.stall += clock - next;
  }
  layer.last = clock;
  if (word == 0) layer.begin = clock;
  if (layer.outputs[word])
    layer.results[*layer.outputs[word]] = clock + layer.delay + layer.window_delay;
  ++layer.words;
}

std::uint64_t PipelineClocks::next() {
  if (started_) image_begin_ = std::max(image_arrival(image_pixels_ - 1), first_word_);
  started_ = true;
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    for (std::size_t word = 0; word < layers_[index].outputs.size(); ++word) pass(index, word);
  }
  first_word_ = layers_.front().begin;
  std::uint64_t latest = 0;
  for (const Layer& layer : layers_)
    latest = std::max({latest, layer.results.back(), layer.last + layer.delay});
  return latest;
}

PipelineClocks::LayerTimes PipelineClocks::times(std::size_t index) const {
  const Layer& layer = layers_[index];
  return {layer.begin, layer.results.back()};
}

CycleCount PipelineClocks::cycles(std::size_t index, std::uint64_t end) const {
  const Layer& layer = layers_[index];
  const std::uint64_t interval = config_.word_interval();
  return {.compute = interval * layer.words,
          .fill = layer.first,
          .drain = end - (layer.last + interval),
          .weight_load = 0,
          .stall = layer.stall};
}

std::uint64_t PipelineClocks::interval() const {
  // Images follow each other through the arrays like words through a chain of queues: only a layer
  // waits for itself, and the DRAM channel for layer 0's first word. The slowest loop sets the
  // pace.
  std::uint64_t slowest = 0;
  for (const Layer& layer : layers_)
    slowest = std::max(slowest, layer.outputs.size() * config_.word_interval());
  const Layer& first = layers_.front();
  const bool reads = std::ranges::any_of(first.last_read, [](const auto& q) { return !!q; });
  if (!reads) return slowest;
  const std::uint64_t channels = network_.description.hidden.front().in_channels;
  slowest = std::max(slowest, ceil_divide(image_pixels_ * channels, config_.dram_bytes_per_clock));
  if (first.last_read.front()) {
    slowest = std::max(slowest, ceil_divide((*first.last_read.front() + 1) * channels,
                                            config_.dram_bytes_per_clock) -
                                    1 + kEdgeLatency);
  }
  return slowest;
}

}  // namespace colcomb::simulation
