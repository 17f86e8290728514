#include "colcomb/training/gradient_statistics.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/training/named_tensors.hpp"

namespace colcomb::training {
namespace {

constexpr const char* kMeanPrefix = "gradient mean of ";
constexpr double kMeanDecay = 0.99;  // per step

}  // namespace

GradientStatistics::GradientStatistics(network::Cnn network, allocation::Importance importance)
    : network_(std::move(network)),
      squared_(importance == allocation::Importance::kFisher),
      means_(network_->layers().size()) {
  COLCOMB_CHECK(allocation::needs_gradients(importance), "nothing to gather");
}

void GradientStatistics::update() {
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    const network::LayerImpl& layer = *network_->layers()[i];
    const torch::Tensor gradient = layer.weight.grad();
    if (!gradient.defined()) continue;
    const torch::Tensor now = squared_ ? gradient.square() : gradient.abs();
    if (!means_[i].defined()) {
      means_[i] = now;
      continue;
    }
    torch::Tensor change = now.sub_(means_[i]);
    if (layer.mask.defined()) change.mul_(layer.mask);
    means_[i].add_(change, 1 - kMeanDecay);
  }
}

std::vector<Matrix<float>> GradientStatistics::means() const {
  std::vector<Matrix<float>> result;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    const LayerDescription& layer = network_->layers()[i]->description();
    Matrix<float> matrix(layer.out_channels, layer.columns.size());
    if (means_[i].defined()) {
      const torch::Tensor mean = means_[i].to(torch::kCPU).contiguous();
      COLCOMB_CHECK(static_cast<std::size_t>(mean.numel()) == matrix.size(), "one mean per weight");
      std::copy_n(mean.data_ptr<float>(), matrix.size(), matrix.values().data());
    }
    result.push_back(std::move(matrix));
  }
  return result;
}

std::vector<NamedTensor> GradientStatistics::state() const {
  std::vector<NamedTensor> result;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    if (!means_[i].defined()) continue;
    result.push_back(
        named_tensor(kMeanPrefix + network_->layers()[i]->description().name, means_[i]));
  }
  return result;
}

void GradientStatistics::take_state(std::vector<NamedTensor>& state) {
  for (std::size_t i = 0; i < means_.size(); ++i) {
    const network::LayerImpl& layer = *network_->layers()[i];
    const std::string name = kMeanPrefix + layer.description().name;
    const bool known = std::ranges::any_of(
        state, [&name](const NamedTensor& tensor) { return tensor.name == name; });
    if (!known) continue;
    means_[i] = torch::zeros_like(layer.weight.detach());
    copy_named(take_named(state, name), means_[i]);
  }
}

}  // namespace colcomb::training
