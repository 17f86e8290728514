#include "colcomb/training/sgd.hpp"

#include <algorithm>
#include <map>

#include "colcomb/base/check.hpp"
#include "colcomb/training/fused_step.hpp"
#include "colcomb/training/named_tensors.hpp"

namespace colcomb::training {

Sgd::Sgd(network::Cnn network, Options options) : network_(std::move(network)), options_(options) {
  std::map<const void*, const network::LayerImpl*> layer_of_weight;
  for (const network::Layer& layer : network_->layers())
    layer_of_weight[layer->weight.unsafeGetTensorImpl()] = layer.get();
  for (const auto& parameter : network_->named_parameters()) {
    const torch::Tensor& value = parameter.value();
    const auto layer = layer_of_weight.find(value.unsafeGetTensorImpl());
    parameters_.push_back({parameter.key(), value, torch::zeros_like(value),
                           layer == layer_of_weight.end() ? nullptr : layer->second});
  }
}

void Sgd::step(double learning_rate, double l1_penalty) {
  const torch::NoGradGuard no_grad;
  for (Parameter& p : parameters_) {
    if (p.momentum.device() != p.value.device()) p.momentum = p.momentum.to(p.value.device());
  }
  if (options_.fused.value_or(parameters_.front().value.is_cpu())) {
    step_one_by_one(learning_rate, l1_penalty);
  } else {
    step_together(learning_rate, l1_penalty);
  }
  for (Parameter& p : parameters_) p.value.mutable_grad().reset();
}

void Sgd::step_one_by_one(double learning_rate, double l1_penalty) {
  StepRates rates;
  rates.learning_rate = static_cast<float>(learning_rate);
  rates.momentum = static_cast<float>(options_.momentum);
  rates.weight_decay = static_cast<float>(options_.weight_decay);
  rates.nesterov = options_.nesterov;
  for (Parameter& p : parameters_) {
    if (!p.value.grad().defined()) continue;
    const torch::Tensor gradient = p.value.grad().contiguous();
    const bool penalized = p.layer != nullptr && !p.layer->is_classifier();
    const bool masked = p.layer != nullptr && p.layer->mask.defined();
    rates.l1_penalty = penalized ? static_cast<float>(l1_penalty) : 0;
    COLCOMB_CHECK(p.value.is_contiguous() && p.momentum.is_contiguous() &&
                      (!masked || p.layer->mask.is_contiguous()),
                  "a parameter must lie in plain order");
    step_fused({static_cast<std::size_t>(gradient.numel()), p.value.data_ptr<float>(),
                gradient.data_ptr<float>(), p.momentum.data_ptr<float>(),
                masked ? p.layer->mask.data_ptr<float>() : nullptr},
               rates);
  }
}

void Sgd::step_together(double learning_rate, double l1_penalty) {
  std::vector<torch::Tensor> values, directions, momenta;
  std::vector<torch::Tensor> penalized, signs;  // parts of the above
  std::vector<torch::Tensor> masks, masked_momenta, masked_directions;
  for (Parameter& p : parameters_) {
    const torch::Tensor direction = p.value.grad();
    if (!direction.defined()) continue;
    values.push_back(p.value);
    directions.push_back(direction);
    momenta.push_back(p.momentum);
    if (p.layer == nullptr) continue;
    if (!p.layer->is_classifier() && l1_penalty > 0) {
      penalized.push_back(direction);
      signs.push_back(p.value.sign());
    }
    if (!p.layer->mask.defined()) continue;
    masks.push_back(p.layer->mask);
    masked_momenta.push_back(p.momentum);
    masked_directions.push_back(direction);
  }
  if (values.empty()) return;
  at::_foreach_add_(directions, values, options_.weight_decay);
  if (!penalized.empty()) at::_foreach_add_(penalized, signs, l1_penalty);
  at::_foreach_mul_(momenta, options_.momentum);
  at::_foreach_add_(momenta, directions, 1);
  if (!masks.empty()) at::_foreach_mul_(masked_momenta, masks);
  if (options_.nesterov) {
    at::_foreach_add_(directions, momenta, options_.momentum);
    if (!masks.empty()) at::_foreach_mul_(masked_directions, masks);
    at::_foreach_add_(values, directions, -learning_rate);
  } else {
    at::_foreach_add_(values, momenta, -learning_rate);
  }
}

std::vector<NamedTensor> Sgd::state() const {
  std::vector<NamedTensor> result;
  for (const Parameter& p : parameters_) result.push_back(named_tensor(p.name, p.momentum));
  std::ranges::sort(result, {}, &NamedTensor::name);
  return result;
}

void Sgd::set_state(std::vector<NamedTensor> state) {
  for (Parameter& p : parameters_) copy_named(take_named(state, p.name), p.momentum);
  COLCOMB_CHECK(state.empty(), "optimizer state has other tensors");
}

}  // namespace colcomb::training
