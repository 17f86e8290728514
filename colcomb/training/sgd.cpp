#include "colcomb/training/sgd.hpp"

#include "colcomb/base/check.hpp"
#include "colcomb/training/named_tensors.hpp"

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
    if (options_.nesterov) {
      direction.add_(momentum, options_.momentum);
      if (masked) direction.mul_(layer->mask);
      value.add_(direction, -learning_rate);
    } else {
      value.add_(momentum, -learning_rate);
    }
    value.mutable_grad().reset();
  }
}

std::vector<NamedTensor> Sgd::state() const {
  std::vector<NamedTensor> result;
  for (const auto& [name, momentum] : momentum_) result.push_back(named_tensor(name, momentum));
  return result;
}

void Sgd::set_state(std::vector<NamedTensor> state) {
  for (auto& [name, momentum] : momentum_) copy_named(take_named(state, name), momentum);
  COLCOMB_CHECK(state.empty(), "optimizer state has other tensors");
}

}  // namespace colcomb::training
