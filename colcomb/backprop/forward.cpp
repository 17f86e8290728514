#include <algorithm>
#include <cmath>

#include "colcomb/backprop/state_loops.hpp"

namespace colcomb::backprop {
namespace {

float whole_mean(double sum, double pixels, std::uint32_t pool_bits) {
  const double mean = std::ldexp(sum, static_cast<int>(pool_bits)) / pixels;
  return std::min(static_cast<float>(std::floor(mean + 0.5)), kLargestWhole);
}

}  // namespace

std::span<const float> Pass::State::forward(std::span<const std::uint8_t> images, std::size_t count,
                                            std::span<const LayerNumbers> numbers,
                                            std::span<const float> dropout, double momentum) {
  prepare(images, count, numbers);
  reserve_blocks();
  for (Hidden& layer : hidden_) {
    while (layer.is_source && layer.kept.size() < blocks_)
      layer.kept.emplace_back(layer.output.floats() / kLanes);
  }
  dropout_ = dropout;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    each_share([&](std::size_t share, std::size_t member) { forward_layer(l, share, member); });
    const LayerNumbers& n = numbers_[l];
    if (!network_.layers[l].has_batch_norm()) {
      settle_bias(l);
      continue;
    }
    NormSums sums = total_sums(geometry_[l].rows);
    sum_whole_batch(sums);
    const double values = values_per_row(l);
    hidden_[l].norm.from_batch(sums, values, n.norm_mean, n.norm_weight, n.norm_bias);
    hidden_[l].norm.update(momentum, values, n.norm_mean, n.norm_variance);
  }
  each_share([&](std::size_t share, std::size_t member) {
    each_block(share, [&](std::size_t block) {
      const std::size_t last = hidden_layers() - 1;
      pool(block, activate(last, block, block, member, floats(hidden_[last].product[block])));
      linear(block);
    });
  });
  return logits_;
}

void Pass::State::forward_layer(std::size_t layer, std::size_t share, std::size_t member) {
  const std::size_t rows = geometry_[layer].rows;
  NormSums& sums = share_[share].sums;
  sums = {std::vector<double>(rows), std::vector<double>(rows)};
  each_block(share, [&](std::size_t block) {
    clear_sums(rows, member);
    Product job;
    job.in = input_map(layer, block, block, member,
                       layer > 0 ? floats(hidden_[layer - 1].product[block]) : nullptr);
    job.out = floats(hidden_[layer].product[block]);
    const bool normalized = network_.layers[layer].has_batch_norm();
    if (normalized) job.sums = {numbers_[layer].norm_mean, floats(workspaces_[member].sums)};
    filters[layer].forward(job);
    if (normalized) collect_sums(rows, block, member, sums);
  });
}

void Pass::State::settle_bias(std::size_t layer) {
  const int bits = integers ? static_cast<int>(integers->fraction_bits[layer]) : 0;
  hidden_[layer].norm.from_bias(geometry_[layer].rows, numbers_[layer].bias,
                                std::ldexp(1.0F, -bits));
}

void Pass::State::pool(std::size_t block, const float* map) {
  const MapGeometry& g = hidden_.back().output;
  const auto pixels = static_cast<float>(g.pixels());
  for (std::size_t c = 0; c < g.channels; ++c) {
    LaneVector sum;
    for (std::size_t y = 0; y < g.height; ++y) {
      const float* const row = map + c * g.plane() + g.at(y, 0);
      for (std::size_t x = 0; x < g.width * kLanes; ++x) sum.lanes[x % kLanes] += row[x];
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::size_t image = block * kLanes + i;
      const bool drops = !dropout_.empty() && image < count_;
      const float factor = drops ? dropout_[image * g.channels + c] : 1.0F;
      const float mean =
          integers ? whole_mean(sum.lanes[i], pixels, integers->pool_bits) : sum.lanes[i] / pixels;
      pooled_[block][c].lanes[i] = mean * factor;
    }
  }
}

void Pass::State::linear(std::size_t block) {
  Product job;
  job.in = floats(pooled_[block]);
  job.out = floats(logit_lanes_[block]);
  filters.back().forward(job);
  for (std::size_t i = 0; i < images_in(block); ++i) {
    for (std::size_t k = 0; k < network_.classes; ++k)
      logits_[(block * kLanes + i) * network_.classes + k] =
          logit_lanes_[block][k].lanes[i] + numbers_.back().bias[k];
  }
}

std::span<const float> Pass::State::infer(std::span<const std::uint8_t> images, std::size_t count,
                                          std::span<const LayerNumbers> numbers) {
  prepare(images, count, numbers);
  dropout_ = {};
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    const LayerNumbers& n = numbers_[l];
    if (network_.layers[l].has_batch_norm()) {
      hidden_[l].norm.from_running(geometry_[l].rows, n.norm_mean, n.norm_variance, n.norm_weight,
                                   n.norm_bias);
    } else {
      settle_bias(l);
    }
    while (hidden_[l].is_source && hidden_[l].kept.size() < team_.size())
      hidden_[l].kept.emplace_back(hidden_[l].output.floats() / kLanes);
  }
  each_share([&](std::size_t share, std::size_t member) {
    each_block(share, [&](std::size_t block) {
      float* const product = floats(workspaces_[member].dense);
      for (std::size_t l = 0; l < hidden_layers(); ++l) {
        Product job;
        job.in = input_map(l, block, member, member, product);
        job.out = product;
        filters[l].forward(job);
      }
      pool(block, activate(hidden_layers() - 1, block, member, member, product));
      linear(block);
    });
  });
  return logits_;
}

}  // namespace colcomb::backprop
