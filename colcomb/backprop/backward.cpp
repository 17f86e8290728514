#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "colcomb/backprop/state_loops.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::backprop {
namespace {

/// A channel's number of a narrow map's pair.
float half_of(float pair, std::size_t channel) {
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
      float* const lanes = logit_lanes_[b] + k * kLanes;
      std::fill_n(lanes, kLanes, 0.0F);
      for (std::size_t i = 0; i < images_in(b); ++i) {
        lanes[i] = logit_gradients[(b * kLanes + i) * classes + k];
        gradients.back().bias[k] += lanes[i];
      }
    }
    for (std::size_t l = 0; l < hidden_layers(); ++l) {
      if (hidden_[l].is_source)
        std::fill_n(hidden_[l].pending[b], geometry_[l].output.floats(), 0.0F);
    }
  }
  each_share([&](std::size_t share, std::size_t member) { linear_backward(share, member); });
  std::swap(gradient_, next_gradient_);
  write_weight_gradient(hidden_layers(), gradients.back().weights);
  for (std::size_t l = hidden_layers(); l-- > 0;) {
    NormSums sums = total_sums(geometry_[l].rows());
    if (network_.layer(l).batch_norm) {
      hidden_[l].norm.parameter_gradients(sums, gradients[l].norm_weight, gradients[l].norm_bias);
      sum_whole_batch(sums);
      hidden_[l].norm.from_gradients(sums, values_per_row(l), numbers_[l].norm_weight);
    } else {
      hidden_[l].norm.from_bias_gradients(sums, gradients[l].bias);
    }
    each_share([&](std::size_t share, std::size_t member) { backward_layer(l, share, member); });
    if (!network_.layer(l).fixed) write_weight_gradient(l, gradients[l].weights);
    std::swap(gradient_, next_gradient_);
  }
}

void Pass::State::linear_backward(std::size_t share, std::size_t member) {
  const std::size_t last = hidden_layers() - 1;
  const MapGeometry& g = geometry_[last].output;
  const Steps steps = g.steps();
  Workspace& workspace = workspaces_[member];
  share_[share].weights.assign(filters.back().gradient_size(), 0);
  share_[share].sums = {std::vector<double>(g.channels), std::vector<double>(g.channels)};
  const int bits = integers ? static_cast<int>(integers->pool_bits) : 0;
  const float per_pixel = std::ldexp(1.0F, bits) / static_cast<float>(geometry_[last].out_pixels());
  Lines pooled_gradient(g.channels);
  each_block(share, [&](std::size_t block) {
    WeightGradient gradient;
    gradient.grad = logit_lanes_[block];
    gradient.in = pooled_[block];
    gradient.pixels = 1;
    filters.back().gradient(gradient, false, floats(workspace.taps), floats(workspace.pairs),
                            share_[share].weights.data());
    Product job;
    job.in = logit_lanes_[block];
    job.out = floats(pooled_gradient);
    job.pixels = 1;
    filters.back().backward(job, false, floats(workspace.pairs));
    for (std::size_t c = 0; c < g.channels; ++c) {
      LaneVector each = pooled_gradient[c];
      for (std::size_t i = 0; i < images_in(block); ++i) {
        if (!dropout_.empty()) each.lanes[i] *= dropout_[(block * kLanes + i) * g.channels + c];
        each.lanes[i] *= per_pixel;
      }
      // The same in every row of the map.
      std::fill_n(&workspace.row_gradient[c * steps.channel / kLanes], g.width, each);
    }
    clear_sums(g.channels, member);
    float* const row = floats(workspace.row);
    for (std::size_t y = 0; y < g.height; ++y) {
      activate(last, {y, y + 1}, block, block, hidden_[last].product[block], row, steps);
      activation_backward(last, {y, y + 1}, block, member, floats(workspace.row_gradient), row,
                          steps);
    }
    collect_sums(g.channels, block, member, share_[share].sums);
  });
}

void Pass::State::activation_backward(std::size_t layer, Rows rows, std::size_t block,
                                      std::size_t member, const float* d, const float* a,
                                      Steps steps) {
  const Hidden& h = hidden_[layer];
  const MapGeometry& g = geometry_[layer].output;
  const std::size_t begin = stored(layer).at(rows.begin, 0);
  ActivationGradient job;
  job.extent = {rows.count(), g.channels, g.width};
  job.d = d;
  job.a = a;
  job.map_steps = steps;
  if (h.is_source) job.pending = h.pending[block] + g.at(rows.begin, 0);
  job.pending_steps = g.steps();
  job.y = h.product[block] + begin;
  job.mean = h.norm.centre.data();
  job.dz = next_gradient_[block] + begin;
  job.stored_steps = stored(layer).steps();
  job.narrow = narrow_;
  job.sums = floats(workspaces_[member].sums);
  if (integers) job.top = kLargestWhole;
  kernels_.activation_gradient(job);
  if (h.residual) residual_backward(layer, rows, block);
}

void Pass::State::residual_backward(std::size_t layer, Rows rows, std::size_t block) {
  Hidden& h = hidden_[layer];
  const MapGeometry& g = stored(layer);
  const MapGeometry& source = geometry_[*h.residual].output;
  const std::size_t s = h.residual_stride;
  float* const pending = hidden_[*h.residual].pending[block];
  for (std::size_t y = rows.begin; y < rows.end; ++y) {
    for (std::size_t c = 0; c < source.channels; ++c) {
      const std::size_t place = narrow_ ? c / 2 : c;
      const float* const from = next_gradient_[block] + g.at(y, 0) + place * g.steps().channel;
      float* const to = pending + source.at(y * s, 0) + c * source.steps().channel;
      for (std::size_t x = 0; x < g.width; ++x) {
        for (std::size_t i = 0; i < kLanes; ++i) {
          const float number = from[x * kLanes + i];
          to[x * s * kLanes + i] += narrow_ ? half_of(number, c) : number;
        }
      }
    }
  }
}

void Pass::State::backward_layer(std::size_t layer, std::size_t share, std::size_t member) {
  const LayerGeometry& g = geometry_[layer];
  const std::size_t channels = layer > 0 ? g.input.channels : 0;
  share_[share].weights.assign(filters[layer].gradient_size(), 0);
  share_[share].sums = {std::vector<double>(channels), std::vector<double>(channels)};
  each_block(share, [&](std::size_t block) {
    clear_sums(channels, member);
    for (std::size_t s = 0; s < g.strips(); ++s)
      backward_strip(layer, block, member, s, share_[share].weights);
    collect_sums(channels, block, member, share_[share].sums);
  });
}

void Pass::State::backward_strip(std::size_t layer, std::size_t block, std::size_t member,
                                 std::size_t strip, std::vector<float>& weights) {
  const LayerGeometry& g = geometry_[layer];
  Workspace& workspace = workspaces_[member];
  const Rows rows = g.strip(strip);
  norm_backward(layer, block, member, rows);
  const float* const input = input_strip(layer, block, block, member, rows,
                                         layer > 0 ? hidden_[layer - 1].product[block] : nullptr);
  if (!network_.layer(layer).fixed) {
    WeightGradient gradient;
    gradient.grad = floats(workspace.strip);
    gradient.in = input;
    gradient.pixels = rows.count() * g.output.width;
    filters[layer].gradient(gradient, narrow_strip(layer), floats(workspace.taps),
                            floats(workspace.pairs), weights.data());
  }
  if (layer == 0) return;
  next_gradient_strip(layer, member, strip);
  Product job;
  job.in = floats(workspace.strip);
  job.out = floats(workspace.map_gradient);
  job.pixels = rows.count() * g.output.width;
  filters[layer].backward(job, narrow_strip(layer), floats(workspace.pairs));
  // Input rows that no later strip reads.
  const std::ptrdiff_t first = g.first_input_row(rows);
  const auto height = static_cast<std::ptrdiff_t>(g.in_height);
  const bool last = strip + 1 == g.strips();
  const auto done = static_cast<std::ptrdiff_t>(rows.count() * g.stride);
  const std::ptrdiff_t end = last ? height : std::clamp<std::ptrdiff_t>(first + done, 0, height);
  const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(first, 0, end);
  if (begin == end) return;
  const std::size_t place = g.input.at(static_cast<std::size_t>(begin - first), 0);
  activation_backward(layer - 1, {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)},
                      block, member, job.out + place, input + place, g.input.steps());
}

void Pass::State::norm_backward(std::size_t layer, std::size_t block, std::size_t member,
                                Rows rows) {
  const MapGeometry& g = geometry_[layer].output;
  const std::size_t begin = stored(layer).at(rows.begin, 0);
  const Norm& norm = hidden_[layer].norm;
  NormGradient job;
  job.extent = {rows.count(), g.channels, g.width};
  job.dz = gradient_[block] + begin;
  job.y = hidden_[layer].product[block] + begin;
  job.stored_steps = stored(layer).steps();
  job.narrow = narrow_;
  job.dy = floats(workspaces_[member].strip);
  job.dy_narrow = narrow_strip(layer);
  job.dy_steps = (job.dy_narrow ? geometry_[layer].narrow : g).steps();
  job.a = norm.a.data();
  job.b = norm.b.data();
  job.c = norm.c.data();
  job.lanes = lanes_of(block);
  kernels_.norm_gradient(job);
}

void Pass::State::next_gradient_strip(std::size_t layer, std::size_t member, std::size_t strip) {
  const LayerGeometry& g = geometry_[layer];
  float* const map = floats(workspaces_[member].map_gradient);
  // Rows that the strip before has begun, and this one continues.
  const std::size_t done = g.strip_height * g.stride;
  const std::size_t begun = strip > 0 ? g.input.height - done : 0;
  const std::size_t row = g.input.steps().row;
  std::copy_n(map + done * row, begun * row, map);
  std::fill_n(map + begun * row, (g.input.height - begun) * row, 0.0F);
}

void Pass::State::write_weight_gradient(std::size_t layer, float* out) {
  std::vector<float*> shares;
  for (std::size_t s = 0; s < shares_; ++s) shares.push_back(share_[s].weights.data());
  each_task(filters[layer].gradient_parts(), [&](std::size_t part, std::size_t /*member*/) {
    filters[layer].write_gradient(shares, part, out);
  });
}

}  // namespace colcomb::backprop
