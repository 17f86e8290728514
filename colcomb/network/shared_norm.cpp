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

struct Statistics {
  double count = 0;              // values per channel
  torch::Tensor mean, variance;  // C, double
};

/// Of the whole batch; `input` undefined: a share without images. Moves the running statistics.
Statistics whole_statistics(const torch::Tensor& input, torch::Tensor& running_mean,
                            torch::Tensor& running_variance, double momentum,
                            const SumOverShares& sum) {
  const std::int64_t channels = running_mean.size(0);
  auto sums = torch::zeros({channels + 1}, running_mean.options().dtype(torch::kDouble));
  if (input.defined()) {
    sums.narrow(0, 0, channels).copy_(channel_sums(input));
    sums[channels] = static_cast<double>(input.numel() / channels);
  }
  sums = summed(sums, sum);
  Statistics result;
  result.count = sums[channels].item<double>();
  result.mean = sums.narrow(0, 0, channels) / result.count;
  const auto squares = input.defined() ? channel_sums((input - per_channel(result.mean)).square())
                                       : torch::zeros_like(result.mean);
  result.variance = summed(squares, sum) / result.count;
  const double unbiased = result.count > 1 ? result.count / (result.count - 1) : 1;
  running_mean.mul_(1 - momentum).add_(result.mean, momentum);
  running_variance.mul_(1 - momentum).add_(result.variance, momentum * unbiased);
  return result;
}

}  // namespace

torch::Tensor shared_dropout(const torch::Tensor& pooled, double probability,
                             const BatchShare& share) {
  if (probability <= 0) return pooled;
  if (share.before + share.after == 0) return torch::dropout(pooled, probability, true);
  const auto all =
      torch::ones({share.before + pooled.size(0) + share.after, pooled.size(1)}, pooled.options());
  return pooled * torch::dropout(all, probability, true).narrow(0, share.before, pooled.size(0));
}

torch::Tensor shared_norm(const torch::Tensor& input, const torch::Tensor& weight,
                          const torch::Tensor& bias, torch::Tensor& running_mean,
                          torch::Tensor& running_variance, double momentum, double epsilon,
                          const SumOverShares& sum) {
  Statistics whole;
  {
    const torch::NoGradGuard no_grad;
    whole = whole_statistics(input, running_mean, running_variance, momentum, sum);
  }
  const auto inverse_deviation = (whole.variance + epsilon).rsqrt();
  return SharedNorm::apply(input, weight, bias, whole.mean, inverse_deviation, whole.count, &sum);
}

void empty_shared_norm(torch::Tensor& running_mean, torch::Tensor& running_variance,
                       double momentum, const SumOverShares& sum) {
  const torch::NoGradGuard no_grad;
  (void)whole_statistics({}, running_mean, running_variance, momentum, sum);
}

void empty_shared_norm_backward(std::int64_t channels, const SumOverShares& sum) {
  std::vector<double> zeros(2 * static_cast<std::size_t>(channels));
  sum(zeros);
}

}  // namespace colcomb::network
