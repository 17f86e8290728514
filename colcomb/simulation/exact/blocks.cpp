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

ImageStores::PixelMap::PixelMap(std::size_t channels, std::size_t pixel_count)
    : pixels(pixel_count),
      values(channels * pixel_count),
      left(pixel_count, channels),
      ready(pixel_count) {}

void ImageStores::PixelMap::write(std::size_t channel, std::size_t pixel, std::uint8_t value,
                                  std::uint64_t clock) {
  values.write(channel * pixels + pixel, value, clock);
  --left[pixel];
  ready[pixel] = std::max(ready[pixel], values.readable(channel * pixels + pixel));
}

ImageStores::ImageStores(const QuantizedNetwork& network, std::span<const std::uint8_t> image)
    : network_(network),
      image_map_(quantization::reshape_image(image, network.description.input)),
      image_(image_map_.channels, image_map_.pixels()),
      pooled_(network.description.layers.back().in_channels, 1),
      pool_sums_(network.description.layers.back().in_channels),
      logits_(network.description.layers.back().out_channels) {
  const auto& layers = network.description.layers;
  for (std::size_t i = 0; i + 1 < layers.size(); ++i)
    maps_.emplace_back(layers[i].out_channels, pixels_of(layers[i]));
  pool_left_.assign(pool_sums_.size(), maps_.back().pixels);
}

void ImageStores::image_arrives(std::size_t pixel, std::uint64_t clock) {
  // A byte that has arrived by `clock` was written in the clock before.
  for (std::size_t c = 0; c < image_map_.channels; ++c)
    image_.write(c, pixel, image_map_.values[c * image_map_.pixels() + pixel], clock - 1);
}

void ImageStores::image_arrives(std::uint64_t clock) {
  for (std::size_t pixel = 0; pixel < image_map_.pixels(); ++pixel) image_arrives(pixel, clock);
}

const ImageStores::PixelMap& ImageStores::input(std::size_t layer) const {
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
  const PixelMap& from = input(layer);
  return from.values.read(channel * from.pixels + *source, clock);
}

std::uint32_t ImageStores::initial(std::size_t layer, std::size_t row, std::size_t pixel,
                                   std::uint64_t clock, std::uint64_t& residual_reads) const {
  const LayerDescription& description = network_.description.layers[layer];
  const QuantizedLayer& weights = network_.layers[layer];
  auto value = static_cast<std::uint32_t>(weights.bias[row]);
  if (!description.residual) return value;
  const LayerDescription& source = network_.description.layers[*description.residual];
  if (row >= source.out_channels) return value;
  const PixelMap& from = maps_[*description.residual];
  const std::uint8_t added =
      from.values.read(row * from.pixels + residual_pixel(layer, pixel), clock);
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
  maps_[layer].write(row, pixel, value, clock);
  if (layer + 2 == network_.layers.size()) pool(row, value, clock);
}

void ImageStores::pool(std::size_t channel, std::uint8_t value, std::uint64_t clock) {
  pool_sums_[channel] += value;
  if (--pool_left_[channel] > 0) return;
  pooled_.write(channel, 0,
                quantization::pool(pool_sums_[channel], maps_.back().pixels, network_.pool_bits),
                clock + kPoolingLatency);
}

std::uint64_t ImageStores::readable(std::size_t layer, std::span<const Column> offsets,
                                    std::size_t pixel) const {
  std::uint64_t clock = 0;
  for (const Column& offset : offsets) {
    const auto source = source_pixel(layer, offset, pixel);
    if (source) clock = std::max(clock, input(layer).readable(*source));
  }
  const auto residual = network_.description.layers[layer].residual;
  if (!residual) return clock;
  return std::max(clock, maps_[*residual].readable(residual_pixel(layer, pixel)));
}

ImageValues ImageStores::values() const {
  ImageValues values;
  for (std::size_t i = 0; i < maps_.size(); ++i) {
    const LayerDescription& layer = network_.description.layers[i];
    values.outputs.push_back(
        {layer.out_channels, layer.out_height(), layer.out_width(), maps_[i].values.values()});
  }
  values.pooled = pooled_.values.values();
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
