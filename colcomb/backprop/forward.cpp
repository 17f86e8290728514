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
  prepare(images, count, numbers, precision_);
  reserve_blocks();
  dropout_ = dropout;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    each_share([&](std::size_t share, std::size_t member) { forward_layer(l, share, member); });
    const LayerNumbers& n = numbers_[l];
    if (!network_.layer(l).batch_norm) {
      settle_bias(l);
      continue;
    }
    NormSums sums = total_sums(geometry_[l].rows());
    sum_whole_batch(sums);
    const double values = values_per_row(l);
    hidden_[l].norm.from_batch(sums, values, n.norm_mean, n.norm_weight, n.norm_bias);
    hidden_[l].norm.update(momentum, values, n.norm_mean, n.norm_variance);
  }
  each_share([&](std::size_t share, std::size_t member) {
    each_block(share, [&](std::size_t block) {
      const std::size_t last = hidden_layers() - 1;
      pool(block, block, member, hidden_[last].product[block]);
      linear(block, member);
    });
  });
  return logits_;
}

void Pass::State::forward_layer(std::size_t layer, std::size_t share, std::size_t member) {
  const std::size_t rows = geometry_[layer].rows();
  NormSums& sums = share_[share].sums;
  sums = {std::vector<double>(rows), std::vector<double>(rows)};
  const bool normalized = network_.layer(layer).batch_norm;
  each_block(share, [&](std::size_t block) {
    clear_sums(rows, member);
    RowSums row_sums;
    if (normalized) row_sums = {numbers_[layer].norm_mean, floats(workspaces_[member].sums)};
    product(layer, block, block, member, layer > 0 ? hidden_[layer - 1].product[block] : nullptr,
            hidden_[layer].product[block], row_sums, true);
    if (normalized) collect_sums(rows, block, member, sums);
  });
}

void Pass::State::product(std::size_t layer, std::size_t block, std::size_t slot,
                          std::size_t member, const float* before, float* out, RowSums sums,
                          bool streamed) {
  const LayerGeometry& g = geometry_[layer];
  const MapGeometry& kept = stored(layer);
  if (layer > 0) keep(layer - 1, block, slot, before);
  for (std::size_t s = 0; s < g.strips(); ++s) {
    const Rows strip = g.strip(s);
    Product job;
    job.in = input_strip(layer, block, slot, member, strip, before);
    job.out = out + kept.at(strip.begin, 0);
    job.narrow = narrow_;
    job.pixels = strip.count() * g.output.width;
    job.sums = sums;
    job.streamed = streamed;
    filters[layer].forward(job, floats(workspaces_[member].pairs));
  }
}

void Pass::State::settle_bias(std::size_t layer) {
  const int bits = integers ? static_cast<int>(integers->fraction_bits[layer]) : 0;
  hidden_[layer].norm.from_bias(geometry_[layer].rows(), numbers_[layer].bias,
                                std::ldexp(1.0F, -bits));
}

void Pass::State::pool(std::size_t block, std::size_t slot, std::size_t member,
                       const float* product) {
  const std::size_t last = hidden_layers() - 1;
  const MapGeometry& g = geometry_[last].output;
  const auto pixels = static_cast<float>(geometry_[last].out_pixels());
  float* const pooled = pooled_[block];
  std::fill_n(pooled, g.channels * kLanes, 0.0F);
  const float* const row = floats(workspaces_[member].row);
  for (std::size_t y = 0; y < g.height; ++y) {
    activate(last, {y, y + 1}, block, slot, product, floats(workspaces_[member].row), g.steps());
    for (std::size_t c = 0; c < g.channels; ++c) {
      for (std::size_t x = 0; x < g.width * kLanes; ++x)
        pooled[c * kLanes + x % kLanes] += row[c * g.steps().channel + x];
    }
  }
  for (std::size_t c = 0; c < g.channels; ++c) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      float& value = pooled[c * kLanes + i];
      value = integers ? whole_mean(value, pixels, integers->pool_bits) : value / pixels;
      const std::size_t image = block * kLanes + i;
      if (!dropout_.empty() && image < count_) value *= dropout_[image * g.channels + c];
    }
  }
}

void Pass::State::linear(std::size_t block, std::size_t member) {
  Product job;
  job.in = pooled_[block];
  job.out = logit_lanes_[block];
  job.pixels = 1;
  filters.back().forward(job, floats(workspaces_[member].pairs));
  for (std::size_t i = 0; i < images_in(block); ++i) {
    for (std::size_t k = 0; k < network_.classes; ++k)
      logits_[(block * kLanes + i) * network_.classes + k] =
          logit_lanes_[block][k * kLanes + i] + numbers_.back().bias[k];
  }
}

std::span<const float> Pass::State::infer(std::span<const std::uint8_t> images, std::size_t count,
                                          std::span<const LayerNumbers> numbers) {
  prepare(images, count, numbers, Precision::kFloat);
  dropout_ = {};
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    const LayerNumbers& n = numbers_[l];
    if (network_.layer(l).batch_norm) {
      hidden_[l].norm.from_running(geometry_[l].rows(), n.norm_mean, n.norm_variance, n.norm_weight,
                                   n.norm_bias);
    } else {
      settle_bias(l);
    }
    reserve_kept(l, team_.size());
  }
  for (Workspace& workspace : workspaces_) {
    for (Lines& product : workspace.products) product.resize(largest_product_ / kLanes);
  }
  each_share([&](std::size_t share, std::size_t member) {
    each_block(share, [&](std::size_t block) {
      Lines(&products)[2] = workspaces_[member].products;
      for (std::size_t l = 0; l < hidden_layers(); ++l)
        product(l, block, member, member, floats(products[(l + 1) % 2]), floats(products[l % 2]),
                {}, false);
      pool(block, member, member, floats(products[(hidden_layers() - 1) % 2]));
      linear(block, member);
    });
  });
  return logits_;
}

}  // namespace colcomb::backprop
