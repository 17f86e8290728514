#include "colcomb/training/quantized_step.hpp"

#include "colcomb/network/tensor_view.hpp"

namespace colcomb::training {
namespace {

void set_gradient(torch::Tensor& parameter, std::span<const float> values) {
  if (values.empty()) return;
  const auto view = network::tensor_view(values, parameter.sizes());
  parameter.mutable_grad() = view.to(parameter.device(), torch::kFloat, false, true);
}

}  // namespace

void QuantizedStep::begin() {
  stored_ = network_->to_artifact();
  layers_ = quantization::integer_layers(stored_, options_);
}

void QuantizedStep::end(const std::vector<quantization::IntegerGradient>& gradients) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    network::LayerImpl& layer = *network_->layers()[i];
    if (layer.description().fixed) continue;
    const auto gradient = quantization::unfold(stored_, i, layers_[i], gradients[i]);
    set_gradient(layer.weight, gradient.weights.values());
    set_gradient(layer.norm_weight, gradient.norm_weight);
    set_gradient(layer.norm_bias, gradient.norm_bias);
    set_gradient(layer.bias, gradient.bias);
  }
}

}  // namespace colcomb::training
