#include "colcomb/backprop/pass.hpp"

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

std::vector<std::string> kernel_names() {
  std::vector<std::string> names;
  for (const Kernels* kernels : supported_kernels()) names.emplace_back(kernels->name);
  return names;
}

namespace {

/// `network`, if every hidden layer ends with ReLU6.
const NetworkDescription& without_tables(const NetworkDescription& network) {
  require_no_tables(network, "training by the native backend");
  return network;
}

}  // namespace

Pass::Pass(const NetworkDescription& network, const PassOptions& options)
    : state_(std::make_unique<State>(without_tables(network), options)) {}
Pass::Pass(Pass&&) noexcept = default;
Pass& Pass::operator=(Pass&&) noexcept = default;
Pass::~Pass() = default;

void Pass::set_mask(std::size_t layer, std::span<const float> mask) {
  state_->filters[layer].set_mask(mask);
}

bool Pass::sparse(std::size_t layer) const {
  return state_->filters[layer].sparse();
}

void Pass::set_integer_scales(IntegerScales integers) {
  state_->integers = std::move(integers);
}

std::span<const float> Pass::forward(std::span<const std::uint8_t> images, std::size_t count,
                                     std::span<const LayerParameters> parameters,
                                     std::span<const float> dropout, double momentum) {
  return state_->forward(images, count, parameters, dropout, momentum);
}

void Pass::backward(std::span<const float> logit_gradients,
                    std::span<const LayerGradients> gradients) {
  state_->backward(logit_gradients, gradients);
}

std::span<const float> Pass::infer(std::span<const std::uint8_t> images, std::size_t count,
                                   std::span<const LayerParameters> parameters) {
  return state_->infer(images, count, parameters);
}

}  // namespace colcomb::backprop
