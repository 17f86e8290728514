#include "colcomb/training/average.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/training/named_tensors.hpp"

namespace colcomb::training {
namespace {

const std::string kPrefix = "average.";
const std::string kSteps = "average steps";

}  // namespace

Average::Average(network::Cnn network, double decay) : network_(std::move(network)), decay_(decay) {
  const auto hold = [&](const auto& named) {
    for (const auto& item : named)
      numbers_.push_back({item.key(), item.value(), item.value().detach().clone()});
  };
  hold(network_->named_parameters());
  for (const auto& buffer : network_->named_buffers()) {
    if (buffer.key().find(".norm_") == std::string::npos) continue;  // constants
    numbers_.push_back({buffer.key(), buffer.value(), buffer.value().clone()});
  }
}

void Average::update() {
  const torch::NoGradGuard no_grad;
  const double t = static_cast<double>(steps_++);
  const double kept = std::min(decay_, (1 + t) / (10 + t));
  for (Number& number : numbers_) number.average.lerp_(number.current, 1 - kept);
}

void Average::exchange() {
  const torch::NoGradGuard no_grad;
  for (Number& number : numbers_) {
    const auto current = number.current.detach().clone();
    number.current.copy_(number.average);
    number.average.copy_(current);
  }
}

std::vector<NamedTensor> Average::state() const {
  std::vector<NamedTensor> result;
  for (const Number& number : numbers_)
    result.push_back(named_tensor(kPrefix + number.name, number.average));
  // Two floats hold a count exactly up to 2^48.
  result.push_back(
      {kSteps, {2}, {static_cast<float>(steps_ >> 24U), static_cast<float>(steps_ & 0xFFFFFFU)}});
  return result;
}

void Average::take_state(std::vector<NamedTensor>& state) {
  const torch::NoGradGuard no_grad;
  for (Number& number : numbers_)
    copy_named(take_named(state, kPrefix + number.name), number.average);
  const NamedTensor steps = take_named(state, kSteps);
  COLCOMB_CHECK(steps.values.size() == 2, "no steps of the average");
  steps_ = (static_cast<std::uint64_t>(steps.values[0]) << 24U) +
           static_cast<std::uint64_t>(steps.values[1]);
}

}  // namespace colcomb::training
