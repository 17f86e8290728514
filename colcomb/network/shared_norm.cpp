#include "colcomb/network/shared_norm.hpp"

#include <vector>

namespace colcomb::network {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const std::vector<std::int64_t> kAllButChannels = {0, 2, 3};

/// A row of C numbers as 1 x C x 1 x 1 floats.
torch::Tensor per_channel(const torch::Tensor& row) {
  return row.to(torch::kFloat).view({1, -1, 1, 1});
}

/// Sums per channel, in doubles.
torch::Tensor channel_sums(const torch::Tensor& map) {
  return map.sum(kAllButChannels, false, torch::kDouble);
}

/// Adds up doubles over the shares; the result lies where `values` does.
torch::Tensor summed(const torch::Tensor& values, const SumOverShares& sum) {
  torch::Tensor host = values.to(torch::kCPU, torch::kDouble, false, true).contiguous();
  sum({host.data_ptr<double>(), static_cast<std::size_t>(host.numel())});
  return host.to(values.device());
}

/// (x - mean) * inverse_deviation * weight + bias, where mean and deviation depend on all of the
/// whole batch's x.
class SharedNorm : public torch::autograd::Function<SharedNorm> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const torch::Tensor& mean, const torch::Tensor& inverse_deviation,
                               double count, const SumOverShares* sum) {
    context->save_for_backward({input, weight, mean, inverse_deviation});
    context->saved_data["count"] = count;
    context->saved_data["sum"] = reinterpret_cast<std::int64_t>(sum);
    const auto scale = weight * inverse_deviation;
    return input * per_channel(scale) + per_channel(bias - mean * scale);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &input = saved[0], weight = saved[1], mean = saved[2], r = saved[3];
    const double count = context->saved_data["count"].toDouble();
    const auto* const sum =
        reinterpret_cast<const SumOverShares*>(context->saved_data["sum"].toInt());
    const torch::Tensor& by_output = gradients[0];
    const auto centred = input - per_channel(mean);
    const auto own = torch::stack({channel_sums(by_output), channel_sums(by_output * centred)});
    const auto whole = summed(own, *sum);
    const auto along = whole[1] * r * r / count;
    const auto by_input =
        (by_output - per_channel(whole[0] / count) - centred * per_channel(along)) *
        per_channel(weight * r);
    return {by_input, (own[1] * r).to(torch::kFloat), own[0].to(torch::kFloat), {}, {}, {}, {}};
  }
};

}  // namespace

torch::Tensor shared_norm(const torch::Tensor& input, const torch::Tensor& weight,
                          const torch::Tensor& bias, torch::Tensor& running_mean,
                          torch::Tensor& running_variance, double momentum, double epsilon,
                          const SumOverShares& sum) {
  torch::Tensor mean, inverse_deviation;
  double count = 0;
  {
    const torch::NoGradGuard no_grad;
    const auto values = torch::full({1}, static_cast<double>(input.numel() / input.size(1)),
                                    channel_sums(input).options());
    const auto sums = summed(torch::cat({channel_sums(input), values}), sum);
    count = sums[-1].item<double>();
    mean = sums.narrow(0, 0, input.size(1)) / count;
    const auto squares = (input - per_channel(mean)).square();
    const auto variance = summed(channel_sums(squares), sum) / count;
    inverse_deviation = (variance + epsilon).rsqrt();
    const double unbiased = count > 1 ? count / (count - 1) : 1;
    running_mean.mul_(1 - momentum).add_(mean, momentum);
    running_variance.mul_(1 - momentum).add_(variance, momentum * unbiased);
  }
  return SharedNorm::apply(input, weight, bias, mean, inverse_deviation, count, &sum);
}

}  // namespace colcomb::network
