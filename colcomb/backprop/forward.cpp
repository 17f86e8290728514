#include <algorithm>
#include <cmath>

#include "colcomb/backprop/state_loops.hpp"

namespace colcomb::backprop {
namespace {

float integer_mean(double sum, double pixels, std::uint32_t pooling_fraction_bits) {
  const double mean = std::ldexp(sum, static_cast<int>(pooling_fraction_bits)) / pixels;
  return std::min(static_cast<float>(std::floor(mean + 0.5)), kMaxIntegerActivation);
}

}  // namespace

std::span<const float> Pass::State::forward(std::span<const std::uint8_t> images, std::size_t count,
                                            std::span<const LayerParameters> parameters,
                                            std::span<const float> dropout, double momentum) {
  prepare(images, count, parameters, precision_);
  reserve_blocks();
  dropout_ = dropout;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    each_partition(
        [&](std::size_t partition, std::size_t thread) { forward_layer(l, partition, thread); });
    const LayerParameters& n = parameters_[l];
    if (!network_.layer(l).batch_norm) {
      apply_bias(l);
      continue;
    }
    NormSums sums = total_sums(geometry_[l].rows());
    sum_global_batch(sums);
    const double values = values_per_row(l);
    hidden_[l].norm.from_batch(sums, values, n.norm_mean, n.norm_weight, n.norm_bias);
    hidden_[l].norm.update(momentum, values, n.norm_mean, n.norm_variance);
  }
  each_partition([&](std::size_t partition, std::size_t thread) {
    each_block(partition, [&](std::size_t block) {
      const std::size_t last = hidden_layers() - 1;
      pool(block, block, thread, hidden_[last].product[block]);
      linear(block, thread);
    });
  });
  return logits_;
}

void Pass::State::forward_layer(std::size_t layer, std::size_t partition, std::size_t thread) {
  const std::size_t rows = geometry_[layer].rows();
  NormSums& sums = partials_[partition].sums;
  sums = {std::vector<double>(rows), std::vector<double>(rows)};
  const bool normalized = network_.layer(layer).batch_norm;
  each_block(partition, [&](std::size_t block) {
    clear_sums(rows, thread);
    RowSums row_sums;
    if (normalized) row_sums = {parameters_[layer].norm_mean, floats(workspaces_[thread].sums)};
    product(layer, block, block, thread, layer > 0 ? hidden_[layer - 1].product[block] : nullptr,
            hidden_[layer].product[block], row_sums, true);
    if (normalized) collect_sums(rows, block, thread, sums);
  });
}

void Pass::State::product(std::size_t layer, std::size_t block, std::size_t slot,
                          std::size_t thread, const float* before, float* out, RowSums sums,
                          bool non_temporal) {
  const LayerGeometry& g = geometry_[layer];
  const MapGeometry& kept = stored(layer);
  if (layer > 0) keep(layer - 1, block, slot, thread, before);
  for (std::size_t s = 0; s < g.tiles(); ++s) {
    const Rows tile = g.tile(s);
    Product job;
    job.in = input_tile(layer, block, slot, thread, tile, before);
    job.out = out + kept.at(tile.begin, 0);
    job.out_bf16 = bf16_maps_;
    job.pixels = tile.count() * g.output.width;
    job.sums = sums;
    job.non_temporal = non_temporal;
    filters[layer].forward(job, floats(workspaces_[thread].packed));
  }
}

void Pass::State::apply_bias(std::size_t layer) {
  const int bits = integers ? static_cast<int>(integers->fraction_bits[layer]) : 0;
  hidden_[layer].norm.from_bias(geometry_[layer].rows(), parameters_[layer].bias,
                                std::ldexp(1.0F, -bits));
}

const float* Pass::State::last_row(std::size_t y, std::size_t block, std::size_t slot,
                                   std::size_t thread, const float* product) {
  const std::size_t last = hidden_layers() - 1;
  const MapGeometry& g = geometry_[last].result;
  if (hidden_[last].is_kept()) return hidden_[last].kept[slot] + g.at(y, 0);
  float* const row = floats(workspaces_[thread].row);
  activate(last, {y, y + 1}, block, slot, product, row, g.strides());
  return row;
}

void Pass::State::pool(std::size_t block, std::size_t slot, std::size_t thread,
                       const float* product) {
  const std::size_t last = hidden_layers() - 1;
  keep(last, block, slot, thread, product);
  const MapGeometry& g = geometry_[last].result;
  const std::size_t plane = network_.global_pooling ? 1 : g.height * g.width;
  const std::size_t values = g.channels * plane;
  float* const pooled = pooled_[block];
  std::fill_n(pooled, values * kVectorImages, 0.0F);
  for (std::size_t y = 0; y < g.height; ++y) {
    const float* const row = last_row(y, block, slot, thread, product);
    for (std::size_t c = 0; c < g.channels; ++c) {
      const float* const from = row + c * g.strides().channel;
      float* const to = pooled + c * plane * kVectorImages;
      if (plane > 1) {
        std::copy_n(from, g.width * kVectorImages, to + y * g.width * kVectorImages);
        continue;
      }
      for (std::size_t x = 0; x < g.width * kVectorImages; ++x) to[x % kVectorImages] += from[x];
    }
  }
  const auto pixels = static_cast<float>(g.height * g.width);
  for (std::size_t v = 0; v < values; ++v) {
    for (std::size_t i = 0; i < kVectorImages; ++i) {
      float& value = pooled[v * kVectorImages + i];
      if (network_.global_pooling) {
        value = integers ? integer_mean(value, pixels, integers->pooling_fraction_bits)
                         : value / pixels;
      }
      const std::size_t image = block * kVectorImages + i;
      if (!dropout_.empty() && image < count_) value *= dropout_[image * values + v];
    }
  }
}

void Pass::State::linear(std::size_t block, std::size_t thread) {
  Product job;
  job.in = pooled_[block];
  job.out = logit_vectors_[block];
  job.pixels = 1;
  filters.back().forward(job, floats(workspaces_[thread].packed));
  for (std::size_t i = 0; i < images_in(block); ++i) {
    for (std::size_t k = 0; k < network_.classes; ++k)
      logits_[(block * kVectorImages + i) * network_.classes + k] =
          logit_vectors_[block][k * kVectorImages + i] + parameters_.back().bias[k];
  }
}

std::span<const float> Pass::State::infer(std::span<const std::uint8_t> images, std::size_t count,
                                          std::span<const LayerParameters> parameters) {
  prepare(images, count, parameters, Precision::kFloat);
  dropout_ = {};
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    const LayerParameters& n = parameters_[l];
    if (network_.layer(l).batch_norm) {
      hidden_[l].norm.from_running(geometry_[l].rows(), n.norm_mean, n.norm_variance, n.norm_weight,
                                   n.norm_bias);
    } else {
      apply_bias(l);
    }
    reserve_kept(l, pool_.size());
  }
  for (Workspace& workspace : workspaces_) {
    for (VectorBuffer& product : workspace.products)
      product.resize(largest_product_ / kVectorImages);
  }
  each_partition([&](std::size_t partition, std::size_t thread) {
    each_block(partition, [&](std::size_t block) {
      VectorBuffer(&products)[2] = workspaces_[thread].products;
      for (std::size_t l = 0; l < hidden_layers(); ++l)
        product(l, block, thread, thread, floats(products[(l + 1) % 2]), floats(products[l % 2]),
                {}, false);
      pool(block, thread, thread, floats(products[(hidden_layers() - 1) % 2]));
      linear(block, thread);
    });
  });
  return logits_;
}

}  // namespace colcomb::backprop
