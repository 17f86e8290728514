#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "colcomb/backprop/state_loops.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::backprop {
namespace {

/// Channel `channel`'s number out of a bf16-packed pair.
float unpacked(float pair, std::size_t channel) {
  const auto bits = std::bit_cast<std::uint32_t>(pair);
  return std::bit_cast<float>(channel % 2 == 0 ? bits << 16 : bits & 0xffff0000U);
}

}  // namespace

void Pass::State::backward(std::span<const float> logit_gradients,
                           std::span<const LayerGradients> gradients) {
  COLCOMB_CHECK(logit_gradients.size() == logits_.size(), "one gradient per logit is needed");
  COLCOMB_CHECK(gradients.size() == filters.size(), "gradients of every layer are needed");
  const std::size_t classes = network_.classes;
  std::fill_n(gradients.back().bias, classes, 0.0F);
  for (std::size_t b = 0; b < blocks_; ++b) {
    for (std::size_t k = 0; k < classes; ++k) {
      float* const lanes = logit_vectors_[b] + k * kVectorImages;
      std::fill_n(lanes, kVectorImages, 0.0F);
      for (std::size_t i = 0; i < images_in(b); ++i) {
        lanes[i] = logit_gradients[(b * kVectorImages + i) * classes + k];
        gradients.back().bias[k] += lanes[i];
      }
    }
    for (std::size_t l = 0; l < hidden_layers(); ++l) {
      if (hidden_[l].is_source || hidden_[l].is_gathered)
        std::fill_n(hidden_[l].kept_gradient[b], geometry_[l].result.floats(), 0.0F);
    }
  }
  each_partition(
      [&](std::size_t partition, std::size_t thread) { linear_backward(partition, thread); });
  std::swap(gradient_, next_gradient_);
  write_weight_gradient(hidden_layers(), gradients.back().weights);
  for (std::size_t l = hidden_layers(); l-- > 0;) {
    NormSums sums = total_sums(geometry_[l].rows());
    if (network_.layer(l).batch_norm) {
      hidden_[l].norm.parameter_gradients(sums, gradients[l].norm_weight, gradients[l].norm_bias);
      sum_global_batch(sums);
      hidden_[l].norm.from_gradients(sums, values_per_row(l), parameters_[l].norm_weight);
    } else {
      hidden_[l].norm.from_bias_gradients(sums, gradients[l].bias);
    }
    each_partition(
        [&](std::size_t partition, std::size_t thread) { backward_layer(l, partition, thread); });
    if (!network_.layer(l).fixed) write_weight_gradient(l, gradients[l].weights);
    if (l > 0 && hidden_[l - 1].is_gathered) {
      each_partition([&](std::size_t partition, std::size_t thread) {
        gathered_backward(l - 1, partition, thread);
      });
    }
    std::swap(gradient_, next_gradient_);
  }
}

void Pass::State::linear_backward(std::size_t partition, std::size_t thread) {
  const std::size_t last = hidden_layers() - 1;
  const MapGeometry& g = geometry_[last].result;
  const MapStrides strides = g.strides();
  const std::size_t plane = network_.global_pooling ? 1 : g.height * g.width;
  const std::size_t values = g.channels * plane;
  Workspace& workspace = workspaces_[thread];
  partials_[partition].weights.assign(filters.back().gradient_size(), 0);
  partials_[partition].sums = {std::vector<double>(g.channels), std::vector<double>(g.channels)};
  const int bits = integers ? static_cast<int>(integers->pooling_fraction_bits) : 0;
  const float per_value = network_.global_pooling
                              ? std::ldexp(1.0F, bits) / static_cast<float>(g.height * g.width)
                              : 1.0F;
  VectorBuffer pooled_gradient(values);
  each_block(partition, [&](std::size_t block) {
    WeightGradient gradient;
    gradient.grad = logit_vectors_[block];
    gradient.in = pooled_[block];
    gradient.pixels = 1;
    filters.back().gradient(gradient, false, floats(workspace.entries), floats(workspace.packed),
                            partials_[partition].weights.data());
    Product job;
    job.in = logit_vectors_[block];
    job.out = floats(pooled_gradient);
    job.pixels = 1;
    filters.back().backward(job, false, floats(workspace.packed));
    for (std::size_t v = 0; v < values; ++v) {
      ImageVector& each = pooled_gradient[v];
      for (std::size_t i = 0; i < images_in(block); ++i) {
        if (!dropout_.empty()) each.image[i] *= dropout_[(block * kVectorImages + i) * values + v];
        each.image[i] *= per_value;
      }
    }
    clear_sums(g.channels, thread);
    for (std::size_t y = 0; y < g.height; ++y) {
      for (std::size_t c = 0; c < g.channels; ++c) {
        ImageVector* const row = &workspace.row_gradient[c * strides.channel / kVectorImages];
        if (network_.global_pooling) {
          std::fill_n(row, g.width, pooled_gradient[c]);
        } else {
          std::copy_n(&pooled_gradient[c * plane + y * g.width], g.width, row);
        }
      }
      const float* const row = last_row(y, block, block, thread, hidden_[last].product[block]);
      result_backward(last, {y, y + 1}, block, thread, floats(workspace.row_gradient), row,
                      strides);
    }
    collect_sums(g.channels, block, thread, partials_[partition].sums);
  });
}

void Pass::State::result_backward(std::size_t layer, Rows rows, std::size_t block,
                                  std::size_t thread, const float* d, const float* a,
                                  MapStrides strides) {
  const Hidden& h = hidden_[layer];
  if (!h.has_windows) return activation_backward(layer, rows, block, thread, d, a, strides);
  const MapGeometry& g = geometry_[layer].result;
  Workspace& workspace = workspaces_[thread];
  for (std::size_t y = rows.begin; y < rows.end; ++y) {
    for (std::size_t c = 0; c < g.channels; ++c) {
      const std::size_t place = g.at(y, 0) + c * g.strides().channel;
      const float* const from = d + (y - rows.begin) * strides.row + c * strides.channel;
      float* const to = floats(workspace.result_gradient) + place;
      std::copy_n(from, g.width * kVectorImages, to);
      if (!h.adds_kept_gradient()) continue;
      const float* const residual = h.kept_gradient[block] + place;
      for (std::size_t i = 0; i < g.width * kVectorImages; ++i) to[i] += residual[i];
    }
  }
  if (rows.end < g.height) return;
  const MapGeometry& map = geometry_[layer].output;
  float* const activations = floats(workspace.activations);
  activate(layer, {0, map.height}, block, block, h.product[block], activations, map.strides());
  windows_backward(layer, activations, h.kept[block], floats(workspace.result_gradient),
                   floats(workspace.activation_gradient));
  activation_backward(layer, {0, map.height}, block, thread, floats(workspace.activation_gradient),
                      activations, map.strides());
}

void Pass::State::activation_backward(std::size_t layer, Rows rows, std::size_t block,
                                      std::size_t thread, const float* d, const float* a,
                                      MapStrides strides) {
  const Hidden& h = hidden_[layer];
  const MapGeometry& g = geometry_[layer].output;
  const std::size_t begin = stored(layer).at(rows.begin, 0);
  ActivationGradient job;
  job.extent = {rows.count(), g.channels, g.width};
  job.d = d;
  job.a = a;
  job.map_strides = strides;
  if (h.adds_kept_gradient() && !h.has_windows)
    job.residual = h.kept_gradient[block] + g.at(rows.begin, 0);
  job.residual_strides = g.strides();
  job.y = h.product[block] + begin;
  job.mean = h.norm.centre.data();
  job.dz = next_gradient_[block] + begin;
  job.stored_strides = stored(layer).strides();
  job.stored_bf16 = bf16_maps_;
  job.sums = floats(workspaces_[thread].sums);
  if (integers) job.top = kMaxIntegerActivation;
  kernels_.activation_gradient(job);
  if (h.residual) residual_backward(layer, rows, block);
}

void Pass::State::residual_backward(std::size_t layer, Rows rows, std::size_t block) {
  Hidden& h = hidden_[layer];
  const MapGeometry& g = stored(layer);
  const MapGeometry& source = geometry_[*h.residual].result;
  const std::size_t s = h.residual_stride;
  float* const kept_gradient = hidden_[*h.residual].kept_gradient[block];
  for (std::size_t y = rows.begin; y < rows.end; ++y) {
    for (std::size_t c = 0; c < source.channels; ++c) {
      const std::size_t stored_channel = bf16_maps_ ? c / 2 : c;
      const float* const from =
          next_gradient_[block] + g.at(y, 0) + stored_channel * g.strides().channel;
      float* const to = kept_gradient + source.at(y * s, 0) + c * source.strides().channel;
      for (std::size_t x = 0; x < g.width; ++x) {
        for (std::size_t i = 0; i < kVectorImages; ++i) {
          const float number = from[x * kVectorImages + i];
          to[x * s * kVectorImages + i] += bf16_maps_ ? unpacked(number, c) : number;
        }
      }
    }
  }
}

void Pass::State::backward_layer(std::size_t layer, std::size_t partition, std::size_t thread) {
  const LayerGeometry& g = geometry_[layer];
  // Sums of the layer before, unless its gradient is gathered first.
  const std::size_t channels = layer > 0 && !hidden_[layer - 1].is_gathered ? g.input.channels : 0;
  partials_[partition].weights.assign(filters[layer].gradient_size(), 0);
  partials_[partition].sums = {std::vector<double>(channels), std::vector<double>(channels)};
  each_block(partition, [&](std::size_t block) {
    clear_sums(channels, thread);
    for (std::size_t s = 0; s < g.tiles(); ++s)
      backward_tile(layer, block, thread, s, partials_[partition].weights);
    collect_sums(channels, block, thread, partials_[partition].sums);
  });
}

void Pass::State::backward_tile(std::size_t layer, std::size_t block, std::size_t thread,
                                std::size_t tile, std::vector<float>& weights) {
  const LayerGeometry& g = geometry_[layer];
  Workspace& workspace = workspaces_[thread];
  const Rows rows = g.tile(tile);
  norm_backward(layer, block, thread, rows);
  const float* const input = input_tile(layer, block, block, thread, rows,
                                        layer > 0 ? hidden_[layer - 1].product[block] : nullptr);
  if (!network_.layer(layer).fixed) {
    WeightGradient gradient;
    gradient.grad = floats(workspace.tile);
    gradient.in = input;
    gradient.pixels = rows.count() * g.output.width;
    filters[layer].gradient(gradient, bf16_tile(layer), floats(workspace.entries),
                            floats(workspace.packed), weights.data());
  }
  if (layer > 0) input_backward(layer, block, thread, tile, input);
}

void Pass::State::input_backward(std::size_t layer, std::size_t block, std::size_t thread,
                                 std::size_t tile, const float* input) {
  const LayerGeometry& g = geometry_[layer];
  Workspace& workspace = workspaces_[thread];
  const Rows rows = g.tile(tile);
  next_gradient_tile(layer, thread, tile);
  Product job;
  job.in = floats(workspace.tile);
  job.out = floats(workspace.map_gradient);
  job.pixels = rows.count() * g.output.width;
  filters[layer].backward(job, bf16_tile(layer), floats(workspace.packed));
  if (hidden_[layer].parts.size() > 1) return scatter_columns(layer, block, rows, job.out);
  // Input rows that no later tile reads.
  const std::ptrdiff_t first = g.first_input_row(rows);
  const auto height = static_cast<std::ptrdiff_t>(g.in_height);
  const bool last = tile + 1 == g.tiles();
  const auto done = static_cast<std::ptrdiff_t>(rows.count() * g.stride);
  const std::ptrdiff_t end = last ? height : std::clamp<std::ptrdiff_t>(first + done, 0, height);
  const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(first, 0, end);
  if (begin == end) return;
  const std::size_t place = g.input.at(static_cast<std::size_t>(begin - first), 0);
  const Rows read{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  const std::size_t source = source_of(layer);
  if (!hidden_[source].is_gathered) {
    return result_backward(source, read, block, thread, job.out + place, input + place,
                           g.input.strides());
  }
  const MapGeometry& map = geometry_[source].result;
  for (std::size_t y = read.begin; y < read.end; ++y) {
    for (std::size_t c = 0; c < map.channels; ++c) {
      const float* const from = job.out + place + (y - read.begin) * g.input.strides().row +
                                c * g.input.strides().channel;
      float* const to =
          hidden_[source].kept_gradient[block] + map.at(y, 0) + c * map.strides().channel;
      for (std::size_t i = 0; i < map.width * kVectorImages; ++i) to[i] += from[i];
    }
  }
}

void Pass::State::gathered_backward(std::size_t layer, std::size_t partition, std::size_t thread) {
  const Hidden& h = hidden_[layer];
  const MapGeometry& g = geometry_[layer].result;
  NormSums& sums = partials_[partition].sums;
  sums = {std::vector<double>(g.channels), std::vector<double>(g.channels)};
  each_block(partition, [&](std::size_t block) {
    clear_sums(g.channels, thread);
    result_backward(layer, {0, g.height}, block, thread, h.kept_gradient[block], h.kept[block],
                    g.strides());
    collect_sums(g.channels, block, thread, sums);
  });
}

void Pass::State::norm_backward(std::size_t layer, std::size_t block, std::size_t thread,
                                Rows rows) {
  const MapGeometry& g = geometry_[layer].output;
  const std::size_t begin = stored(layer).at(rows.begin, 0);
  const Norm& norm = hidden_[layer].norm;
  NormGradient job;
  job.extent = {rows.count(), g.channels, g.width};
  job.dz = gradient_[block] + begin;
  job.y = hidden_[layer].product[block] + begin;
  job.stored_strides = stored(layer).strides();
  job.stored_bf16 = bf16_maps_;
  job.dy = floats(workspaces_[thread].tile);
  job.dy_bf16 = bf16_tile(layer);
  job.dy_strides = (job.dy_bf16 ? geometry_[layer].output_bf16 : g).strides();
  job.a = norm.a.data();
  job.b = norm.b.data();
  job.c = norm.c.data();
  job.image_mask = image_mask(block);
  kernels_.norm_gradient(job);
}

void Pass::State::next_gradient_tile(std::size_t layer, std::size_t thread, std::size_t tile) {
  const LayerGeometry& g = geometry_[layer];
  float* const map = floats(workspaces_[thread].map_gradient);
  // Rows that the tile before has begun, and this one continues.
  const std::size_t done = g.tile_height * g.stride;
  const std::size_t begun = tile > 0 ? g.input.height - done : 0;
  const std::size_t row = g.input.strides().row;
  std::copy_n(map + done * row, begun * row, map);
  std::fill_n(map + begun * row, (g.input.height - begun) * row, 0.0F);
}

void Pass::State::write_weight_gradient(std::size_t layer, float* out) {
  std::vector<float*> partitions;
  for (std::size_t s = 0; s < partitions_; ++s) partitions.push_back(partials_[s].weights.data());
  each_task(filters[layer].gradient_chunks(), [&](std::size_t inside, std::size_t /*thread*/) {
    filters[layer].write_gradient(partitions, inside, out);
  });
}

}  // namespace colcomb::backprop
