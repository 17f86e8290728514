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

}  // namespace

FloatNetwork CnnImpl::to_artifact() const {
  FloatNetwork artifact{description_, {}};
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const LayerImpl& layer = *layers_[i];
    const std::size_t rows = layer.description().out_channels;
    const std::size_t cols = layer.description().columns.size();
    FloatLayer numbers;
    numbers.weights = Matrix<float>(rows, cols, to_vector(layer.weight));
    if (layer.mask.defined()) {
      const auto mask = to_vector(layer.mask);
      numbers.mask = Matrix<std::uint8_t>(rows, cols);
      std::transform(mask.begin(), mask.end(), numbers.mask.values().begin(),
                     [](float m) { return m != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
    }
    numbers.groups = groups[i];
    if (!layer.description().has_batch_norm()) {
      numbers.bias = to_vector(layer.bias);
    } else {
      numbers.batch_norm =
          BatchNorm{to_vector(layer.norm_weight), to_vector(layer.norm_bias),
                    to_vector(layer.norm_mean), to_vector(layer.norm_variance), kBatchNormEpsilon};
    }
    artifact.layers.push_back(std::move(numbers));
  }
  return artifact;
}

void CnnImpl::from_artifact(const FloatNetwork& artifact) {
  COLCOMB_CHECK(artifact.layers.size() == layers_.size(), "networks differ in depth");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    LayerImpl& layer = *layers_[i];
    const FloatLayer& numbers = artifact.layers[i];
    layer.set_columns(artifact.description.layers[i].columns);
    description_.layers[i].columns = artifact.description.layers[i].columns;
    copy_into(layer.weight, numbers.weights.values());
    if (numbers.mask.empty()) {
      layer.mask = torch::Tensor();
    } else {
      const std::vector<float> mask(numbers.mask.values().begin(), numbers.mask.values().end());
      layer.mask = torch::empty_like(layer.weight);
      copy_into(layer.mask, mask);
    }
    groups[i] = numbers.groups;
    if (!layer.description().has_batch_norm()) {
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
