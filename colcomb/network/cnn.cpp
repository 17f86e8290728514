#include "colcomb/network/cnn.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/network/convolve.hpp"
#include "colcomb/network/pool_windows.hpp"
#include "colcomb/network/residual.hpp"
#include "colcomb/network/shift.hpp"
#include "colcomb/network/table_activation.hpp"

namespace colcomb::network {
namespace {

constexpr std::uint64_t kWeightPurpose = 0x57454947;  // "WEIG"

std::int64_t signed_size(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

torch::Tensor initial_weights(const LayerDescription& layer, bool classifier, std::uint64_t seed,
                              std::uint64_t index) {
  const std::int64_t height = signed_size(layer.kernel_height());
  const std::int64_t width = signed_size(layer.kernel_width());
  const std::int64_t rows = signed_size(layer.out_channels);
  auto weights = layer.more_inputs.empty()
                     ? torch::empty({rows, signed_size(layer.in_channels), height, width})
                     : torch::empty({rows, signed_size(layer.columns.size())});
  Random random = Random::stream(seed, kWeightPurpose, index);
  float* values = weights.data_ptr<float>();
  if (classifier) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(layer.columns.size()));
    for (std::int64_t i = 0; i < weights.numel(); ++i) {
      values[i] = static_cast<float>((2 * random.uniform() - 1) * bound);
    }
    return weights.flatten(1);
  }
  // A channel reaches the rows of its group alone.
  const std::int64_t fan_out = height * width * rows / signed_size(layer.conv_groups);
  const double deviation = std::sqrt(2.0 / static_cast<double>(fan_out));
  const ConvGroups groups(layer);
  for (std::size_t n = 0; n < layer.out_channels; ++n) {
    for (std::size_t m = 0; m < layer.columns.size(); ++m, ++values)
      *values = groups.connects(n, m) ? static_cast<float>(random.normal() * deviation) : 0.0F;
  }
  return weights;
}

/// What is pruned from the start: all between the groups of a grouped convolution. Undefined: none.
torch::Tensor initial_mask(const LayerDescription& layer, const torch::Tensor& weights) {
  if (layer.conv_groups == 1) return {};
  const Matrix<std::uint8_t> mask = conv_group_mask(layer);
  const auto result = torch::empty_like(weights);
  std::ranges::copy(mask.values(), result.data_ptr<float>());
  return result;
}

/// In place. LibTorch 1.13 lacks hardtanh's gradient in bfloat16 on the CPU; clamp's differs at 0
/// and 6 alone.
torch::Tensor relu6(torch::Tensor& map) {
  const bool lacking = map.device().is_cpu() && map.scalar_type() == torch::kBFloat16;
  return lacking ? torch::clamp(map, 0, 6) : torch::hardtanh_(map, 0, 6);
}

torch::Tensor table_activation(const ActivationTable& table, const torch::Tensor& sums) {
  // In float32: of bfloat16's 8 bits none would be left between two lines.
  const auto bytes = sums.to(torch::kFloat) / kActivationScale;
  return (on_lines(table, bytes, 6 / kActivationScale) * kActivationScale).to(sums.scalar_type());
}

}  // namespace

LayerImpl::LayerImpl(LayerDescription description, bool classifier, std::uint64_t seed,
                     std::uint64_t index)
    : description_(std::move(description)), classifier_(classifier) {
  const std::int64_t rows = signed_size(description_.out_channels);
  const torch::Tensor initial = initial_weights(description_, classifier, seed, index);
  mask = initial_mask(description_, initial);
  if (description_.fixed) {  // buffers: neither gradient nor optimizer sees them
    weight = register_buffer("weight", initial);
    bias = register_buffer("bias", torch::zeros(rows));
    return;
  }
  weight = register_parameter("weight", initial);
  if (!description_.batch_norm) {
    bias = register_parameter("bias", torch::zeros(rows));
    return;
  }
  norm_weight = register_parameter("norm_weight", torch::ones(rows));
  norm_bias = register_parameter("norm_bias", torch::zeros(rows));
  norm_mean = register_buffer("norm_mean", torch::zeros(rows));
  norm_variance = register_buffer("norm_variance", torch::ones(rows));
}

torch::Tensor LayerImpl::effective_weight() const {
  return mask.defined() ? weight * mask : weight;
}

void LayerImpl::set_columns(std::vector<Column> columns) {
  description_.columns = std::move(columns);
  shift_by_index_.reset();
}

torch::Tensor LayerImpl::shifted(const torch::Tensor& input) {
  if (input.device().is_cpu()) return shift(input, description_.columns, description_.stride);
  if (!shift_by_index_ || !shift_by_index_->fits(input))
    shift_by_index_.emplace(description_.columns, description_.stride, input);
  return (*shift_by_index_)(input);
}

torch::Tensor LayerImpl::product_of(const torch::Tensor& input, double zero) {
  const auto weights = effective_weight();
  const auto read = zero == 0 ? input : input - zero;
  const bool shifts = description_.kind == LayerKind::kShift;
  const auto product = convolve(shifts ? shifted(read) : read, weights, description_);
  return zero == 0 ? product : product + through_zero(weights, zero);
}

torch::Tensor LayerImpl::normalized(const torch::Tensor& product, const AllReduce& all_reduce) {
  if (!description_.batch_norm) return product + bias.view({1, -1, 1, 1});
  if (all_reduce && is_training()) {
    return sharded_batch_norm(product, norm_weight, norm_bias, norm_mean, norm_variance,
                              kBatchNormMomentum, kBatchNormEpsilon, all_reduce);
  }
  return torch::batch_norm(product, norm_weight, norm_bias, norm_mean, norm_variance, is_training(),
                           kBatchNormMomentum, kBatchNormEpsilon, false);
}

torch::Tensor LayerImpl::forward(const std::vector<torch::Tensor>& inputs,
                                 const torch::Tensor& residual, const AllReduce& all_reduce) {
  if (is_classifier()) return torch::linear(inputs.front(), effective_weight(), bias);
  torch::Tensor output;
  if (inputs.size() > 1) {
    output = sum_of_products(
        inputs, effective_weight(), description_,
        input_zeros.empty() ? std::vector<double>(inputs.size(), 0.0) : input_zeros);
  } else {
    output = product_of(inputs.front(), input_zeros.empty() ? 0 : input_zeros.front());
  }
  output = normalized(output, all_reduce);
  if (residual.defined()) output = output + residual;
  output =
      description_.activation ? table_activation(*description_.activation, output) : relu6(output);
  return description_.pooling ? pool_windows(output, description_) : output;
}

CnnImpl::CnnImpl(NetworkDescription description, std::uint64_t seed)
    : groups(description.layer_count()), description_(std::move(description)) {
  const InputDescription& input = description_.input;
  std::vector<float> scale, offset;
  for (std::size_t c = 0; c < input.channels; ++c) {
    scale.push_back(static_cast<float>(1.0 / (255.0 * input.std[c])));
    offset.push_back(static_cast<float>(-input.mean[c] / input.std[c]));
  }
  input_scale_ = register_buffer("input_scale", torch::tensor(scale).view({1, -1, 1, 1}));
  input_offset_ = register_buffer("input_offset", torch::tensor(offset).view({1, -1, 1, 1}));
  for (std::size_t i = 0; i < description_.layer_count(); ++i) {
    Layer layer(description_.layer(i), description_.is_classifier(i), seed, i);
    for (const std::uint8_t zero : input_zeros(description_, i))
      layer->input_zeros.push_back(zero * kActivationScale);
    layers_.push_back(register_module("layer" + std::to_string(i), std::move(layer)));
  }
}

void CnnImpl::move_to(torch::Device device) {
  to(device);
  for (Layer& layer : layers_) {
    if (layer->mask.defined()) layer->mask = layer->mask.to(device);
  }
}

torch::Tensor CnnImpl::forward(const torch::Tensor& images) {
  auto x = images.to(torch::kFloat) * input_scale_ + input_offset_;
  const std::int64_t s = signed_size(description_.input.reshape_stride);
  if (s > 1) x = torch::pixel_unshuffle(x, s);
  x = x.contiguous(torch::MemoryFormat::ChannelsLast);
  std::vector<torch::Tensor> outputs(layers_.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const LayerDescription& layer = description_.layer(i);
    if (layers_[i]->is_classifier()) {
      const auto read = description_.global_pooling ? x.mean({2, 3}) : x.flatten(1);
      x = sharded_dropout(read, is_training() ? description_.dropout : 0, shard);
    }
    torch::Tensor residual;
    if (layer.residual) {
      residual = fit_residual(outputs[*layer.residual], layer, residual_stride(description_, i));
    }
    std::vector<torch::Tensor> inputs = {x};
    if (layer.source) inputs.front() = outputs[*layer.source];
    for (const InputPart& input : layer.more_inputs) inputs.push_back(outputs[input.source]);
    x = layers_[i]->forward(inputs, residual, shard.all_reduce);
    outputs[i] = x;
  }
  return x;
}

}  // namespace colcomb::network
