// Activations: from a layer's product to what the next layer reads.
#include <algorithm>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

const float* Pass::State::input_strip(std::size_t layer, std::size_t block, std::size_t slot,
                                      std::size_t member, Rows strip, const float* product) {
  const LayerGeometry& g = geometry_[layer];
  float* const map = floats(workspaces_[member].maps[map_of_[layer]]);
  const Steps steps = g.input.steps();
  // Rows of the map that lie in the strip's part of it, and which of the part's those are.
  const std::ptrdiff_t first = g.first_input_row(strip);
  const auto height = static_cast<std::ptrdiff_t>(g.in_height);
  const auto inside = [&](std::ptrdiff_t row) {
    return std::clamp<std::ptrdiff_t>(row, 0, height);
  };
  const std::ptrdiff_t begin = inside(first);
  const std::ptrdiff_t end = inside(first + static_cast<std::ptrdiff_t>(g.input.height));
  const Rows rows{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  Rows part;
  if (begin < end)
    part = {static_cast<std::size_t>(begin - first), static_cast<std::size_t>(end - first)};
  std::fill_n(map, part.begin * steps.row, 0.0F);
  std::fill_n(map + part.end * steps.row, (g.input.height - part.end) * steps.row, 0.0F);
  float* const out = map + g.input.at(part.begin, 0);
  if (layer == 0) {
    reader_.read(images_.data() + block * kLanes * reader_.image_size(), images_in(block), rows,
                 g.input, out);
  } else if (!hidden_[layer - 1].is_source) {
    activate(layer - 1, rows, block, slot, product, out, steps);
  } else {
    const MapGeometry& kept = geometry_[layer - 1].output;
    const float* const from = hidden_[layer - 1].kept[slot];
    for (std::size_t y = rows.begin; y < rows.end; ++y) {
      for (std::size_t c = 0; c < kept.channels; ++c)
        std::copy_n(from + kept.at(y, 0) + c * kept.steps().channel, kept.width * kLanes,
                    out + (y - rows.begin) * steps.row + c * steps.channel);
    }
  }
  return map;
}

void Pass::State::activate(std::size_t layer, Rows rows, std::size_t block, std::size_t slot,
                           const float* product, float* out, Steps steps) const {
  const Hidden& h = hidden_[layer];
  const MapGeometry& g = geometry_[layer].output;
  Activation job;
  job.extent = {rows.count(), g.channels, g.width};
  job.y = product + stored(layer).at(rows.begin, 0);
  job.y_steps = stored(layer).steps();
  job.narrow = narrow_;
  job.scale = h.norm.scale.data();
  job.shift = h.norm.shift.data();
  if (h.residual) {
    const MapGeometry& source = geometry_[*h.residual].output;
    job.residual_channels = source.channels;
    job.residual = hidden_[*h.residual].kept[slot] + source.at(rows.begin * h.residual_stride, 0);
    job.residual_steps = {h.residual_stride * source.steps().row, source.steps().channel};
    job.residual_column = h.residual_stride * kLanes;
  }
  job.lanes = lanes_of(block);
  job.out = out;
  job.out_steps = steps;
  job.rounded = integers.has_value();
  if (integers) job.top = kLargestWhole;
  kernels_.activate(job);
}

void Pass::State::keep(std::size_t layer, std::size_t block, std::size_t slot,
                       const float* product) {
  if (!hidden_[layer].is_source) return;
  const MapGeometry& g = geometry_[layer].output;
  activate(layer, {0, g.height}, block, slot, product, hidden_[layer].kept[slot], g.steps());
}

}  // namespace colcomb::backprop
