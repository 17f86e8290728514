#include "bench/sparse_float_network.hpp"

#include <algorithm>
#include <numeric>

#include "colcomb/base/threads.hpp"

namespace colcomb {
namespace {

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void accumulate(float* acc, const float* plane, float value, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i) acc[i] += value * plane[i];
}

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void activate(float* acc, float scale, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i) {
    const float scaled = acc[i] * scale;
    const float positive = scaled > 0.0F ? scaled : 0.0F;
    acc[i] = positive < 255.0F ? positive : 255.0F;
  }
}

/// A channel shifted by its column's offset and strided; zeros from outside.
void gather(const LayerDescription& layer, const Column& column, const float* map, float* plane) {
  const auto height = static_cast<int>(layer.in_height);
  const auto width = static_cast<int>(layer.in_width);
  const auto stride = static_cast<int>(layer.stride);
  const float* channel = map + static_cast<std::ptrdiff_t>(column.channel) * height * width;
  for (int y = column.dy; y < height + column.dy; y += stride) {
    for (int x = column.dx; x < width + column.dx; x += stride) {
      const bool inside = y >= 0 && y < height && x >= 0 && x < width;
      *plane++ = inside ? channel[y * width + x] : 0.0F;
    }
  }
}

}  // namespace

SparseFloatNetwork::SparseFloatNetwork(const QuantizedNetwork& network)
    : input_(network.description.input) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    Layer layer;
    layer.description = network.description.layer(i);
    layer.scale = 1.0F / static_cast<float>(1U << network.layer(i).fraction_bits);
    const Matrix<std::int8_t> full = unpack(network.layer(i).weights);
    for (std::size_t n = 0; n < full.rows(); ++n) {
      for (std::size_t m = 0; m < full.cols(); ++m) {
        if (full(n, m) == 0) continue;
        layer.columns.push_back(static_cast<std::uint32_t>(m));
        layer.values.push_back(full(n, m));
      }
      layer.row_ends.push_back(layer.values.size());
      layer.bias.push_back(static_cast<float>(network.layer(i).bias[n]));
    }
    layers_.push_back(std::move(layer));
  }
}

double SparseFloatNetwork::run_one(std::span<const std::uint8_t> image) const {
  std::vector<float> map(image.begin(), image.end());
  std::vector<float> planes;
  for (const Layer& layer : layers_) {
    const LayerDescription& d = layer.description;
    const std::size_t pixels = d.out_height() * d.out_width();
    const bool linear = &layer == &layers_.back();
    if (linear) {
      const std::size_t area = map.size() / d.in_channels;
      for (std::size_t c = 0; c < d.in_channels; ++c) {
        const auto first = map.begin() + static_cast<std::ptrdiff_t>(c * area);
        map[c] = std::accumulate(first, first + static_cast<std::ptrdiff_t>(area), 0.0F) /
                 static_cast<float>(area);
      }
    }
    planes.resize(d.columns.size() * pixels);
    for (std::size_t m = 0; m < d.columns.size(); ++m)
      gather(d, d.columns[m], map.data(), planes.data() + m * pixels);
    map.resize(d.out_channels * pixels);
    std::size_t k = 0;
    for (std::size_t n = 0; n < d.out_channels; ++n) {
      float* acc = map.data() + n * pixels;
      std::fill_n(acc, pixels, layer.bias[n]);
      for (; k < layer.row_ends[n]; ++k)
        accumulate(acc, planes.data() + layer.columns[k] * pixels, layer.values[k], pixels);
      if (!linear) activate(acc, layer.scale, pixels);
    }
  }
  return std::accumulate(map.begin(), map.end(), 0.0);
}

double SparseFloatNetwork::run(std::span<const std::uint8_t> images, std::size_t threads) const {
  const std::size_t size = input_.channels * input_.height * input_.width;
  std::vector<double> sums(images.size() / size);
  parallel_for(sums.size(), threads,
               [&](std::size_t b) { sums[b] = run_one(images.subspan(b * size, size)); });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace colcomb
