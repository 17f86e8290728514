#include "colcomb/training/workers/gradient_sum.hpp"

#include <vector>

namespace colcomb::training {

GradientSum::GradientSum(network::Cnn network, Workers& workers)
    : network_(std::move(network)), workers_(workers) {
  std::int64_t size = 1;
  for (const auto& parameter : network_->parameters()) size += parameter.numel();
  flat_ = torch::zeros(size);
}

double GradientSum::add_up(double loss) {
  const torch::NoGradGuard no_grad;
  std::int64_t place = 0;
  for (const auto& parameter : network_->parameters()) {
    torch::Tensor part = flat_.narrow(0, place, parameter.numel());
    if (parameter.grad().defined())
      part.copy_(parameter.grad().flatten());
    else
      part.zero_();
    place += parameter.numel();
  }
  float* const values = flat_.data_ptr<float>();
  values[place] = static_cast<float>(loss);
  workers_.sum(std::span(values, static_cast<std::size_t>(place) + 1));
  place = 0;
  for (auto& parameter : network_->parameters()) {
    parameter.mutable_grad() =
        flat_.narrow(0, place, parameter.numel()).view(parameter.sizes()).to(parameter.device());
    place += parameter.numel();
  }
  return static_cast<double>(values[place]);
}

void average_running_statistics(network::Cnn& network, Workers& workers) {
  const torch::NoGradGuard no_grad;
  for (network::Layer& layer : network->layers()) {
    for (torch::Tensor* const statistic : {&layer->norm_mean, &layer->norm_variance}) {
      if (!statistic->defined()) continue;
      torch::Tensor sum = statistic->to(torch::kCPU, torch::kDouble, false, true).contiguous();
      workers.sum(std::span(sum.data_ptr<double>(), static_cast<std::size_t>(sum.numel())));
      statistic->copy_(sum / static_cast<double>(workers.size()));
    }
  }
}

}  // namespace colcomb::training
