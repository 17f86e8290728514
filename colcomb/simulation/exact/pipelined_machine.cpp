#include "colcomb/simulation/exact/pipelined_machine.hpp"

#include <algorithm>

#include "colcomb/semantics/reshape.hpp"
#include "colcomb/simulation/exact/empty_values.hpp"
#include "colcomb/simulation/exact/geometry.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"

namespace colcomb::simulation {
namespace {

const LayerDescription& last_hidden(const QuantizedNetwork& network) {
  return network.description.hidden.back();
}

}  // namespace

PipelinedMachine::PipelinedMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                                   std::span<const std::uint8_t> images, bool plain, Probe* probe)
    : network_(network),
      config_(config),
      pooling_(
          1, last_hidden(network).out_channels,
          last_hidden(network).out_height() * last_hidden(network).out_width(),
          network.pooling.fraction_bits,
          [this](std::size_t, std::size_t filter, std::uint8_t mean) { keep_mean(filter, mean); }),
      windows_(network.hidden.size()),
      pooled_images_(last_hidden(network).out_channels),
      probe_(probe) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.size();
  for (std::size_t begin = 0; begin < images.size(); begin += size)
    images_.push_back(semantics::reshape_image(images.subspan(begin, size), input));
  values_ = empty_values(network, images_.size());
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    layers_.emplace_back(
        network, config, i, [this](std::uint64_t image) -> InFlightImage& { return flight(image); },
        [this, i](std::uint64_t image, std::size_t word, std::size_t filter, std::uint32_t value) {
          take(i, image, word, filter, value);
        },
        plain);
  }
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const LayerDescription& layer = network.description.hidden[i];
    if (!layer.pooling) continue;
    windows_[i].emplace(layer, [this, i](std::uint64_t image, std::size_t pixel, std::size_t filter,
                                         std::uint8_t byte) {
      if (filter + 1 == network_.description.hidden[i].out_channels)
        flight(image).results[i][pixel] = clock_;
      keep(i, image, pixel, filter, byte);
    });
  }
  configure();
}

InFlightImage& PipelinedMachine::flight(std::uint64_t image) {
  while (in_flight_.size() <= image) {
    in_flight_.emplace_back(network_.description);
    // Images after the last one, run to find the interval, repeat it.
    const std::size_t from = std::min(in_flight_.size(), images_.size()) - 1;
    in_flight_.back().image.values = images_[from].values;
  }
  return in_flight_[image];
}

/// The DRAM channel reads one layer's weights after the other. The machine's clock 0 lies as long
/// before that as the controller must decide before a word's first bit.
void PipelinedMachine::configure() {
  std::uint64_t clock = kDecisionLead;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const std::uint64_t bits = network_.layer(i).weights.values.size() * config_.weight_bits();
    const std::uint64_t bytes = (bits + 7) / 8;
    for (std::uint64_t moved = 0; moved < bytes; moved += config_.dram_bytes_per_clock) ++clock;
    layers_[i].activity().dram_read_bytes += bytes;
    load_begins_.push_back(clock);
    // The swap, one clock before the first word, follows the last weight-load cycle.
    zero_ = std::max(zero_, clock + layers_[i].load_cycles() + 1);
  }
}

void PipelinedMachine::run_to(std::uint64_t image) {
  while (!done(image)) step();
}

void PipelinedMachine::read_rest() {
  const std::uint64_t begun = arriving_ + (bytes_moved_ > 0 ? 1 : 0);
  for (std::uint64_t image = begun; image < images_.size(); ++image)
    layers_.front().activity().dram_read_bytes += images_[image].values.size();
}

bool PipelinedMachine::done(std::uint64_t image) {
  const InFlightImage& passed = flight(image);
  // Words behind the last that completes an output pixel have to leave, too.
  return std::ranges::all_of(passed.results,
                             [](const auto& results) { return results.back() != kNever; }) &&
         std::ranges::all_of(passed.ended, [](std::uint64_t clock) { return clock != kNever; });
}

void PipelinedMachine::step() {
  for (std::size_t i = 0; probe_ != nullptr && clock_ >= zero_ && i < layers_.size(); ++i)
    probe_->layer_clock(clock_ - zero_, i, layers_[i].front());
  if (clock_ >= zero_) move_image();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (clock_ == load_begins_[i]) layers_[i].begin_load(clock_);
    layers_[i].compute(clock_, zero_, images_.size());
  }
  for (std::optional<WindowBlock>& block : windows_) {
    if (block) block->compute(clock_);
  }
  pooling_.compute(clock_);
  for (LayerArray& layer : layers_) layer.commit();
  ++clock_;
}

/// The next image begins when the one before is there and has been begun upon.
void PipelinedMachine::move_image() {
  if (bytes_moved_ == 0 && arriving_ > 0) {
    const std::uint64_t begun = flight(arriving_ - 1).begins.front().front();
    if (begun == kNever || clock_ < begun) return;
  }
  InFlightImage& moving = flight(arriving_);
  const std::size_t channels = network_.description.hidden.front().in_channels;
  const std::uint64_t all = channels * moving.image.pixels;
  if (bytes_moved_ == 0) {
    moving.begin = clock_;
    if (arriving_ < images_.size()) layers_.front().activity().dram_read_bytes += all;
  }
  const std::uint64_t before = bytes_moved_;
  bytes_moved_ = std::min<std::uint64_t>(all, bytes_moved_ + config_.dram_bytes_per_clock);
  for (std::uint64_t byte = before; byte < bytes_moved_; ++byte) {
    const std::size_t pixel = byte / channels;
    const std::size_t channel = byte % channels;
    moving.image.written[channel * moving.image.pixels + pixel] = clock_;
    if (channel + 1 == channels) moving.arrived[pixel] = clock_;
  }
  if (bytes_moved_ < all) return;
  bytes_moved_ = 0;
  ++arriving_;
}

void PipelinedMachine::take(std::size_t layer, std::uint64_t image, std::size_t word,
                            std::size_t filter, std::uint32_t value) {
  if (network_.is_classifier(layer)) {
    const std::int32_t logit = signed_value(value, config_.accumulation_bits);
    tell({clock_ - zero_, image, layer, false, filter, word, logit});
    if (image >= values_.size()) return;
    values_[image].logits[filter] = logit;
    layers_[layer].activity().dram_write_bytes += 4;
    return;
  }
  const std::uint8_t byte =
      quantize_bits(value, config_.accumulation_bits, network_.layer(layer).fraction_bits);
  if (windows_[layer]) {
    windows_[layer]->add(clock_, image, word, filter, byte);
  } else {
    keep(layer, image, word, filter, byte);
  }
}

/// A value of a hidden layer's output map.
void PipelinedMachine::keep(std::size_t layer, std::uint64_t image, std::size_t pixel,
                            std::size_t filter, std::uint8_t byte) {
  flight(image).outputs[layer].write(filter, pixel, byte, clock_);
  tell({clock_ - zero_, image, layer, false, filter, pixel, byte});
  if (network_.description.is_pooled(layer)) pooling_.add(clock_, 0, filter, byte);
  if (image >= values_.size()) return;
  ++layers_[layer].activity().data_write_bytes;
  semantics::Map& map = values_[image].outputs[layer];
  map.values[filter * map.pixels() + pixel] = byte;
}

void PipelinedMachine::tell(const ValueWrite& write) const {
  if (probe_ != nullptr) probe_->value(write);
}

void PipelinedMachine::keep_mean(std::size_t filter, std::uint8_t mean) {
  const std::uint64_t image = pooled_images_[filter]++;
  InFlightImage& pooled = flight(image);
  pooled.pooled.write(filter, 0, mean, clock_);
  tell({clock_ - zero_, image, network_.hidden.size(), true, filter, 0, mean});
  ++pooled.means;
  pooled.last_mean = clock_;
  if (image < values_.size()) values_[image].pooled[filter] = mean;
}

}  // namespace colcomb::simulation
