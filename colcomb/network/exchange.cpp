// Numbers between the LibTorch network and the artifact that carries them.
#include <algorithm>
#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/network/tensor_view.hpp"

namespace colcomb::network {
namespace {

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const auto flat = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous().flatten();
  const float* const data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

void copy_into(torch::Tensor& tensor, std::span<const float> values) {
  COLCOMB_CHECK(tensor.numel() == static_cast<std::int64_t>(values.size()),
                "tensor and artifact differ in size");
  const torch::NoGradGuard no_grad;
  tensor.copy_(tensor_view(values, tensor.sizes()));
}

void set_mask(LayerImpl& layer, const Matrix<std::uint8_t>& mask) {
  if (mask.empty()) {
    layer.mask = torch::Tensor();
    return;
  }
  const std::vector<float> values(mask.values().begin(), mask.values().end());
  if (!layer.mask.defined()) layer.mask = torch::empty_like(layer.weight);
  copy_into(layer.mask, values);
}

}  // namespace

FloatNetwork CnnImpl::to_artifact() const {
  FloatNetwork artifact;
  artifact.description = description_;
  artifact.hidden.resize(description_.hidden.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const LayerImpl& layer = *layers_[i];
    const std::size_t rows = layer.description().out_channels;
    const std::size_t cols = layer.description().columns.size();
    FloatLayer& numbers = artifact.layer(i);
    numbers.weights = Matrix<float>(rows, cols, to_vector(layer.weight));
    if (layer.mask.defined()) {
      const auto mask = to_vector(layer.mask);
      numbers.mask = Matrix<std::uint8_t>(rows, cols);
      std::transform(mask.begin(), mask.end(), numbers.mask.values().begin(),
                     [](float m) { return m != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
    }
    numbers.groups = groups[i];
    if (!layer.description().batch_norm) {
      numbers.bias = to_vector(layer.bias);
    } else {
      numbers.batch_norm = BatchNorm{to_vector(layer.norm_weight), to_vector(layer.norm_bias),
                                     to_vector(layer.norm_mean), to_vector(layer.norm_variance)};
    }
  }
  return artifact;
}

void CnnImpl::take_combining(const FloatNetwork& artifact) {
  COLCOMB_CHECK(artifact.layer_count() == layers_.size(), "networks differ in depth");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    set_mask(*layers_[i], artifact.layer(i).mask);
    groups[i] = artifact.layer(i).groups;
  }
}

void CnnImpl::from_artifact(const FloatNetwork& artifact) {
  COLCOMB_CHECK(artifact.layer_count() == layers_.size(), "networks differ in depth");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    LayerImpl& layer = *layers_[i];
    const FloatLayer& numbers = artifact.layer(i);
    layer.set_columns(artifact.description.layer(i).columns);
    description_.layer(i).columns = artifact.description.layer(i).columns;
    copy_into(layer.weight, numbers.weights.values());
    set_mask(layer, numbers.mask);
    groups[i] = numbers.groups;
    if (!layer.description().batch_norm) {
      copy_into(layer.bias, numbers.bias);
      continue;
    }
    COLCOMB_CHECK(numbers.batch_norm.has_value(), "layer without batch norm");
    copy_into(layer.norm_weight, numbers.batch_norm->weight);
    copy_into(layer.norm_bias, numbers.batch_norm->bias);
    copy_into(layer.norm_mean, numbers.batch_norm->mean);
    copy_into(layer.norm_variance, numbers.batch_norm->variance);
  }
}

}  // namespace colcomb::network
