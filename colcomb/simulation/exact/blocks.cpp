#include "colcomb/simulation/exact/blocks.hpp"

#include <algorithm>

#include "colcomb/quantization/requantize.hpp"

namespace colcomb::simulation {
namespace {

std::size_t pixels_of(const LayerDescription& layer) {
  return layer.out_height() * layer.out_width();
}

}  // namespace

std::uint8_t quantize_serial(std::int32_t accumulation, std::uint32_t f) {
  const auto bits = static_cast<std::uint32_t>(accumulation);
  if ((bits >> 31U) != 0) return 0;
  if (f + 8 < 32 && bits >> (f + 8) != 0) return 255;
  return static_cast<std::uint8_t>(bits >> f);
}

ImageStores::ImageStores(const QuantizedNetwork& network, std::span<const std::uint8_t> image)
    : network_(network),
      image_map_(quantization::reshape_image(image, network.description.input)),
      image_(image_map_.values.size()) {
  const auto& layers = network.description.layers;
  for (std::size_t i = 0; i + 1 < layers.size(); ++i)
    maps_.emplace_back(layers[i].out_channels * pixels_of(layers[i]));
  const LayerDescription& last = layers[layers.size() - 2];
  pooled_ = Store<std::uint8_t>(last.out_channels);
  pool_sums_.resize(last.out_channels);
  pool_left_.assign(last.out_channels, pixels_of(last));
  logits_.resize(layers.back().out_channels);
}

void ImageStores::image_arrives(std::size_t pixel, std::uint64_t clock) {
  const std::size_t pixels = image_map_.pixels();
  // A byte that has arrived by `clock` was written in the clock before.
  for (std::size_t c = 0; c < image_map_.channels; ++c)
    image_.write(c * pixels + pixel, image_map_.values[c * pixels + pixel], clock - 1);
}

void ImageStores::image_arrives(std::uint64_t clock) {
  for (std::size_t pixel = 0; pixel < image_map_.pixels(); ++pixel) image_arrives(pixel, clock);
}

const Store<std::uint8_t>& ImageStores::input(std::size_t layer) const {
  if (layer == 0) return image_;
  return layer + 1 == network_.layers.size() ? pooled_ : maps_[layer - 1];
}

std::optional<std::size_t> ImageStores::source_pixel(std::size_t layer, const Column& column,
                                                     std::size_t pixel) const {
  const LayerDescription& description = network_.description.layers[layer];
  const std::size_t width = description.out_width();
  const auto stride = static_cast<std::int64_t>(description.stride);
  const std::int64_t y = static_cast<std::int64_t>(pixel / width) * stride + column.dy;
  const std::int64_t x = static_cast<std::int64_t>(pixel % width) * stride + column.dx;
  if (y < 0 || y >= static_cast<std::int64_t>(description.in_height) || x < 0 ||
      x >= static_cast<std::int64_t>(description.in_width))
    return std::nullopt;
  return static_cast<std::size_t>(y) * description.in_width + static_cast<std::size_t>(x);
}

std::size_t ImageStores::residual_pixel(std::size_t layer, std::size_t pixel) const {
  const LayerDescription& description = network_.description.layers[layer];
  const LayerDescription& source = network_.description.layers[*description.residual];
  const std::size_t stride = residual_stride(network_.description, layer);
  const std::size_t width = description.out_width();
  return pixel / width * stride * source.out_width() + pixel % width * stride;
}

std::uint8_t ImageStores::shifted(std::size_t layer, std::uint32_t column, std::size_t pixel,
                                  std::uint64_t clock) const {
  const LayerDescription& description = network_.description.layers[layer];
  const Column& descriptor = description.columns[column];
  const auto channel = static_cast<std::size_t>(descriptor.channel);
  const auto source = source_pixel(layer, descriptor, pixel);
  if (!source) return network_.layers[layer].padding[channel];
  return input(layer).read(channel * description.in_height * description.in_width + *source, clock);
}

std::uint32_t ImageStores::initial(std::size_t layer, std::size_t row, std::size_t pixel,
                                   std::uint64_t clock, std::uint64_t& residual_reads) const {
  const LayerDescription& description = network_.description.layers[layer];
  const QuantizedLayer& weights = network_.layers[layer];
  auto value = static_cast<std::uint32_t>(weights.bias[row]);
  if (!description.residual) return value;
  const LayerDescription& source = network_.description.layers[*description.residual];
  if (row >= source.out_channels) return value;
  const std::uint8_t added = maps_[*description.residual].read(
      row * pixels_of(source) + residual_pixel(layer, pixel), clock);
  ++residual_reads;
  value += std::uint32_t{added} << weights.fraction_bits;
  return value;
}

void ImageStores::finish(std::size_t layer, std::size_t row, std::size_t pixel,
                         std::int32_t accumulation, std::uint64_t clock) {
  if (layer + 1 == network_.layers.size()) {
    logits_[row] = accumulation;
    return;
  }
  const std::uint8_t value = quantize_serial(accumulation, network_.layers[layer].fraction_bits);
  maps_[layer].write(row * pixels_of(network_.description.layers[layer]) + pixel, value, clock);
  if (layer + 2 == network_.layers.size()) pool(row, value, clock);
}

void ImageStores::pool(std::size_t channel, std::uint8_t value, std::uint64_t clock) {
  pool_sums_[channel] += value;
  if (--pool_left_[channel] > 0) return;
  const std::size_t pixels = pixels_of(network_.description.layers[network_.layers.size() - 2]);
  pooled_.write(channel, quantization::pool(pool_sums_[channel], pixels, network_.pool_bits),
                clock + kPoolingLatency);
}

std::uint64_t ImageStores::readable(std::size_t layer, std::size_t pixel) const {
  const LayerDescription& description = network_.description.layers[layer];
  const Store<std::uint8_t>& from = input(layer);
  const std::size_t pixels = description.in_height * description.in_width;
  std::uint64_t clock = 0;
  for (const auto& group : network_.layers[layer].weights.groups.groups) {
    for (const std::uint32_t m : group) {
      const auto source = source_pixel(layer, description.columns[m], pixel);
      if (!source) continue;
      // An array waits for a pixel's last channel.
      for (std::size_t c = 0; c < description.in_channels; ++c)
        clock = std::max(clock, from.readable(c * pixels + *source));
    }
  }
  if (!description.residual) return clock;
  const LayerDescription& source = network_.description.layers[*description.residual];
  for (std::size_t c = 0; c < source.out_channels; ++c) {
    clock = std::max(clock, maps_[*description.residual].readable(c * pixels_of(source) +
                                                                  residual_pixel(layer, pixel)));
  }
  return clock;
}

ImageValues ImageStores::values() const {
  ImageValues values;
  for (std::size_t i = 0; i < maps_.size(); ++i) {
    const LayerDescription& layer = network_.description.layers[i];
    values.outputs.push_back(
        {layer.out_channels, layer.out_height(), layer.out_width(), maps_[i].values()});
  }
  values.pooled = pooled_.values();
  values.logits = logits_;
  return values;
}

ArrayUnit::WeightWords weight_words(const QuantizedLayer& layer, std::size_t row_begin,
                                    std::size_t rows, std::size_t group_begin, std::size_t groups,
                                    CellKind kind) {
  ArrayUnit::WeightWords words(groups);
  for (std::size_t c = 0; c < groups; ++c) {
    for (std::size_t r = 0; r < rows; ++r) {
      words[c].push_back(weight_word(layer.weights.values(row_begin + r, group_begin + c),
                                     layer.weights.selects(row_begin + r, group_begin + c), kind));
    }
  }
  return words;
}

}  // namespace colcomb::simulation
