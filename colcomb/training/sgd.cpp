#include "colcomb/training/sgd.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb::training {

Sgd::Sgd(network::Cnn network, Options options) : network_(std::move(network)), options_(options) {
  for (const auto& parameter : network_->named_parameters()) {
    momentum_[parameter.key()] = torch::zeros_like(parameter.value());
  }
}

void Sgd::step(double learning_rate, double l1_penalty) {
  const torch::NoGradGuard no_grad;
  std::map<const void*, const network::LayerImpl*> layer_of_weight;
  for (const network::Layer& layer : network_->layers()) {
    layer_of_weight[layer->weight.unsafeGetTensorImpl()] = layer.get();
  }
  for (auto& parameter : network_->named_parameters()) {
    torch::Tensor& value = parameter.value();
    torch::Tensor direction = value.grad();
    if (!direction.defined()) continue;
    direction.add_(value, options_.weight_decay);
    const auto found = layer_of_weight.find(value.unsafeGetTensorImpl());
    const network::LayerImpl* const layer =
        found == layer_of_weight.end() ? nullptr : found->second;
    const bool masked = layer != nullptr && layer->mask.defined();
    if (layer != nullptr && !layer->is_linear() && l1_penalty > 0) {
      direction.add_(value.sign(), l1_penalty);
    }
    torch::Tensor& momentum = momentum_[parameter.key()];
    momentum.mul_(options_.momentum).add_(direction);
    if (masked) momentum.mul_(layer->mask);
    value.add_(momentum, -learning_rate);
    value.mutable_grad().reset();
  }
}

std::vector<NamedTensor> Sgd::state() const {
  std::vector<NamedTensor> result;
  for (const auto& [name, momentum] : momentum_) {
    const auto flat = momentum.to(torch::kCPU).contiguous().flatten();
    const float* const data = flat.data_ptr<float>();
    result.push_back({name, momentum.sizes().vec(), {data, data + flat.numel()}});
  }
  return result;
}

void Sgd::set_state(const std::vector<NamedTensor>& state) {
  COLCOMB_CHECK(state.size() == momentum_.size(), "optimizer state has other tensors");
  const torch::NoGradGuard no_grad;
  for (const NamedTensor& tensor : state) {
    const auto found = momentum_.find(tensor.name);
    COLCOMB_CHECK(found != momentum_.end() && found->second.sizes().vec() == tensor.shape,
                  "optimizer state does not fit parameter " + tensor.name);
    found->second.copy_(
        torch::from_blob(const_cast<float*>(tensor.values.data()), found->second.sizes()));
  }
}

}  // namespace colcomb::training
