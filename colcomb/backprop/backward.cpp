#include <algorithm>
#include <cmath>

#include "colcomb/backprop/state_loops.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::backprop {

void Pass::State::backward(std::span<const float> logit_gradients,
                           std::span<const LayerGradients> gradients) {
  COLCOMB_CHECK(logit_gradients.size() == logits_.size(), "one gradient per logit is needed");
  COLCOMB_CHECK(gradients.size() == filters.size(), "gradients of every layer are needed");
  const std::size_t classes = network_.classes;
  std::fill_n(gradients.back().bias, classes, 0.0F);
  for (std::size_t b = 0; b < blocks_; ++b) {
    for (std::size_t k = 0; k < classes; ++k) {
      LaneVector lanes;
      for (std::size_t i = 0; i < images_in(b); ++i) {
        lanes.lanes[i] = logit_gradients[(b * kLanes + i) * classes + k];
        gradients.back().bias[k] += lanes.lanes[i];
      }
      logit_lanes_[b][k] = lanes;
    }
    for (Hidden& layer : hidden_) {
      if (layer.is_source)
        std::fill(layer.pending[b].begin(), layer.pending[b].end(), LaneVector{});
    }
  }
  each_share([&](std::size_t share, std::size_t member) { linear_backward(share, member); });
  std::swap(gradient_, next_gradient_);
  write_weight_gradient(hidden_layers(), gradients.back().weights);
  for (std::size_t l = hidden_layers(); l-- > 0;) {
    NormSums sums = total_sums(geometry_[l].rows);
    if (network_.layers[l].has_batch_norm()) {
      hidden_[l].norm.parameter_gradients(sums, gradients[l].norm_weight, gradients[l].norm_bias);
      sum_whole_batch(sums);
      hidden_[l].norm.from_gradients(sums, values_per_row(l), numbers_[l].norm_weight);
    } else {
      hidden_[l].norm.from_bias_gradients(sums, gradients[l].bias);
    }
    each_share([&](std::size_t share, std::size_t member) { backward_layer(l, share, member); });
    if (!network_.layers[l].fixed) write_weight_gradient(l, gradients[l].weights);
    std::swap(gradient_, next_gradient_);
  }
}

void Pass::State::linear_backward(std::size_t share, std::size_t member) {
  const std::size_t last = hidden_layers() - 1;
  const MapGeometry& g = hidden_[last].output;
  Workspace& workspace = workspaces_[member];
  share_[share].weights.assign(filters.back().gradient_size(), 0);
  share_[share].sums = {std::vector<double>(g.channels), std::vector<double>(g.channels)};
  const int bits = integers ? static_cast<int>(integers->pool_bits) : 0;
  const float per_pixel = std::ldexp(1.0F, bits) / static_cast<float>(g.pixels());
  Lines pooled_gradient(g.channels);
  each_block(share, [&](std::size_t block) {
    WeightGradient gradient;
    gradient.grad = floats(logit_lanes_[block]);
    gradient.in = floats(pooled_[block]);
    filters.back().gradient(gradient, floats(workspace.taps), share_[share].weights.data());
    Product job;
    job.in = floats(logit_lanes_[block]);
    job.out = floats(pooled_gradient);
    filters.back().backward(job);
    for (std::size_t c = 0; c < g.channels; ++c) {
      LaneVector each = pooled_gradient[c];
      for (std::size_t i = 0; i < images_in(block); ++i) {
        if (!dropout_.empty()) each.lanes[i] *= dropout_[(block * kLanes + i) * g.channels + c];
        each.lanes[i] *= per_pixel;
      }
      std::fill_n(
          workspace.map_gradient.begin() + static_cast<std::ptrdiff_t>(c * g.plane() / kLanes),
          g.pixels(), each);
    }
    const float* const activation =
        hidden_[last].is_source
            ? floats(hidden_[last].kept[block])
            : activate(last, block, block, member, floats(hidden_[last].product[block]));
    activation_backward(last, block, member, activation, share_[share].sums);
  });
}

void Pass::State::activation_backward(std::size_t layer, std::size_t block, std::size_t member,
                                      const float* activation, NormSums& sums) {
  Hidden& h = hidden_[layer];
  Workspace& workspace = workspaces_[member];
  clear_sums(h.output.channels, member);
  const std::size_t plane = h.output.pixels() * kLanes;
  ActivationGradient job;
  job.plane = {h.output.height, h.output.width, h.output.pitch()};
  if (integers) job.top = kLargestWhole;
  for (std::size_t n = 0; n < h.output.channels; ++n) {
    const std::size_t place = n * h.output.plane() + h.output.at(0, 0);
    job.d = floats(workspace.map_gradient) + place;
    job.a = activation + place;
    job.pending = h.is_source ? floats(h.pending[block]) + n * plane : nullptr;
    job.y = floats(h.product[block]) + n * plane;
    job.mean = static_cast<float>(h.norm.mean[n]);
    job.dz = floats(next_gradient_[block]) + n * plane;
    job.sums = floats(workspace.sums) + 2 * n * kLanes;
    kernels_.activation_gradient(job);
  }
  collect_sums(h.output.channels, block, member, sums);
  if (!h.residual) return;
  Hidden& source = hidden_[*h.residual];
  const std::size_t s = h.residual_stride;
  for (std::size_t n = 0; n < source.output.channels; ++n) {
    const LaneVector* from = next_gradient_[block].data() + n * h.output.pixels();
    LaneVector* const to = source.pending[block].data() + n * source.output.pixels();
    for (std::size_t y = 0; y < h.output.height; ++y) {
      for (std::size_t x = 0; x < h.output.width; ++x, ++from) {
        LaneVector& sum = to[y * s * source.output.width + x * s];
        for (std::size_t i = 0; i < kLanes; ++i) sum.lanes[i] += from->lanes[i];
      }
    }
  }
}

void Pass::State::backward_layer(std::size_t layer, std::size_t share, std::size_t member) {
  const LayerGeometry& g = geometry_[layer];
  const Hidden& h = hidden_[layer];
  Workspace& workspace = workspaces_[member];
  share_[share].weights.assign(filters[layer].gradient_size(), 0);
  if (layer > 0)
    share_[share].sums = {std::vector<double>(g.input.channels),
                          std::vector<double>(g.input.channels)};
  each_block(share, [&](std::size_t block) {
    NormGradient norm;
    norm.lanes = lanes_of(block);
    norm.pixels = g.out_pixels();
    for (std::size_t n = 0; n < g.rows; ++n) {
      const std::size_t place = n * g.out_pixels() * kLanes;
      norm.dz = floats(gradient_[block]) + place;
      norm.y = floats(h.product[block]) + place;
      norm.a = h.norm.a[n];
      norm.b = h.norm.b[n];
      norm.c = h.norm.c[n];
      norm.dy = floats(workspace.dense) + place;
      kernels_.norm_gradient(norm);
    }
    const float* const input =
        layer > 0 && hidden_[layer - 1].is_source
            ? floats(hidden_[layer - 1].kept[block])
            : input_map(layer, block, block, member,
                        layer > 0 ? floats(hidden_[layer - 1].product[block]) : nullptr);
    if (!network_.layers[layer].fixed) {
      WeightGradient gradient;
      gradient.grad = floats(workspace.dense);
      gradient.in = input;
      filters[layer].gradient(gradient, floats(workspace.taps), share_[share].weights.data());
    }
    if (layer == 0) return;
    std::fill_n(workspace.map_gradient.begin(), g.input.floats() / kLanes, LaneVector{});
    Product job;
    job.in = floats(workspace.dense);
    job.out = floats(workspace.map_gradient);
    filters[layer].backward(job);
    activation_backward(layer - 1, block, member, input, share_[share].sums);
  });
}

void Pass::State::write_weight_gradient(std::size_t layer, float* out) {
  std::vector<float>& total = share_[0].weights;
  for (std::size_t s = 1; s < shares_; ++s) {
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += share_[s].weights[i];
  }
  filters[layer].scatter_gradient(total, out);
}

}  // namespace colcomb::backprop
