// Activations: from a layer's product to what the next layer reads.
#include <algorithm>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

const float* Pass::State::input_tile(std::size_t layer, std::size_t block, std::size_t slot,
                                     std::size_t thread, Rows tile, const float* product) {
  const LayerGeometry& g = geometry_[layer];
  float* const map = floats(workspaces_[thread].maps[map_of_[layer]]);
  if (hidden_[layer].parts.size() > 1) {
    gather_columns(layer, slot, tile, map);
    return map;
  }
  const MapStrides strides = g.input.strides();
  // The tile's input rows that lie inside the map, and which rows of the tile's input those are.
  const std::ptrdiff_t first = g.first_input_row(tile);
  const auto height = static_cast<std::ptrdiff_t>(g.in_height);
  const auto inside = [&](std::ptrdiff_t row) {
    return std::clamp<std::ptrdiff_t>(row, 0, height);
  };
  const std::ptrdiff_t begin = inside(first);
  const std::ptrdiff_t end = inside(first + static_cast<std::ptrdiff_t>(g.input.height));
  const Rows rows{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  Rows filled;
  if (begin < end)
    filled = {static_cast<std::size_t>(begin - first), static_cast<std::size_t>(end - first)};
  std::fill_n(map, filled.begin * strides.row, 0.0F);
  std::fill_n(map + filled.end * strides.row, (g.input.height - filled.end) * strides.row, 0.0F);
  float* const out = map + g.input.at(filled.begin, 0);
  if (layer == 0) {
    reader_.read(images_.data() + block * kVectorImages * reader_.image_size(), images_in(block),
                 rows, g.input, out);
  } else if (!hidden_[source_of(layer)].is_kept()) {  // the layer before
    activate(layer - 1, rows, block, slot, product, out, strides);
  } else {
    const MapGeometry& kept = geometry_[source_of(layer)].result;
    const float* const from = hidden_[source_of(layer)].kept[slot];
    for (std::size_t y = rows.begin; y < rows.end; ++y) {
      for (std::size_t c = 0; c < kept.channels; ++c)
        std::copy_n(from + kept.at(y, 0) + c * kept.strides().channel, kept.width * kVectorImages,
                    out + (y - rows.begin) * strides.row + c * strides.channel);
    }
  }
  return map;
}

void Pass::State::activate(std::size_t layer, Rows rows, std::size_t block, std::size_t slot,
                           const float* product, float* out, MapStrides strides) const {
  const Hidden& h = hidden_[layer];
  const MapGeometry& g = geometry_[layer].output;
  Activation job;
  job.extent = {rows.count(), g.channels, g.width};
  job.y = product + stored(layer).at(rows.begin, 0);
  job.y_strides = stored(layer).strides();
  job.y_bf16 = bf16_maps_;
  job.scale = h.norm.scale.data();
  job.shift = h.norm.shift.data();
  if (h.residual) {
    const MapGeometry& source = geometry_[*h.residual].result;
    job.residual_channels = source.channels;
    job.residual = hidden_[*h.residual].kept[slot] + source.at(rows.begin * h.residual_stride, 0);
    job.residual_strides = {h.residual_stride * source.strides().row, source.strides().channel};
    job.residual_column = h.residual_stride * kVectorImages;
  }
  job.image_mask = image_mask(block);
  job.out = out;
  job.out_strides = strides;
  job.rounded = integers.has_value();
  if (integers) job.top = kMaxIntegerActivation;
  kernels_.activate(job);
}

void Pass::State::keep(std::size_t layer, std::size_t block, std::size_t slot, std::size_t thread,
                       const float* product) {
  Hidden& h = hidden_[layer];
  if (!h.is_kept()) return;
  const MapGeometry& g = geometry_[layer].output;
  float* const activations = h.has_windows ? floats(workspaces_[thread].activations) : h.kept[slot];
  activate(layer, {0, g.height}, block, slot, product, activations, g.strides());
  if (h.has_windows) windows_forward(layer, activations, h.kept[slot]);
}

}  // namespace colcomb::backprop
