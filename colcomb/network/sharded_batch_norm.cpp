#include "colcomb/network/sharded_batch_norm.hpp"

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

/// All-reduces doubles; the result lies on the device of `values`.
torch::Tensor summed(const torch::Tensor& values, const AllReduce& all_reduce) {
  torch::Tensor host = values.to(torch::kCPU, torch::kDouble, false, true).contiguous();
  all_reduce({host.data_ptr<double>(), static_cast<std::size_t>(host.numel())});
  return host.to(values.device());
}

/// (x - mean) * inverse_deviation * weight + bias, where mean and deviation depend on all of the
/// whole batch's x.
class ShardedBatchNorm : public torch::autograd::Function<ShardedBatchNorm> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const torch::Tensor& mean, const torch::Tensor& inverse_deviation,
                               double count, const AllReduce* all_reduce) {
    context->save_for_backward({input, weight, mean, inverse_deviation});
    context->saved_data["count"] = count;
    context->saved_data["all_reduce"] = reinterpret_cast<std::int64_t>(all_reduce);
    const auto scale = weight * inverse_deviation;
    return input * per_channel(scale) + per_channel(bias - mean * scale);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &input = saved[0], weight = saved[1], mean = saved[2], r = saved[3];
    const double count = context->saved_data["count"].toDouble();
    const auto* const all_reduce =
        reinterpret_cast<const AllReduce*>(context->saved_data["all_reduce"].toInt());
    const torch::Tensor& by_output = gradients[0];
    const auto centred = input - per_channel(mean);
    const auto own = torch::stack({channel_sums(by_output), channel_sums(by_output * centred)});
    const auto whole = summed(own, *all_reduce);
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

/// Of the whole batch; `input` undefined: a shard without images. Moves the running statistics.
Statistics whole_statistics(const torch::Tensor& input, torch::Tensor& running_mean,
                            torch::Tensor& running_variance, double momentum,
                            const AllReduce& all_reduce) {
  const std::int64_t channels = running_mean.size(0);
  auto sums = torch::zeros({channels + 1}, running_mean.options().dtype(torch::kDouble));
  if (input.defined()) {
    sums.narrow(0, 0, channels).copy_(channel_sums(input));
    sums[channels] = static_cast<double>(input.numel() / channels);
  }
  sums = summed(sums, all_reduce);
  Statistics result;
  result.count = sums[channels].item<double>();
  result.mean = sums.narrow(0, 0, channels) / result.count;
  const auto squares = input.defined() ? channel_sums((input - per_channel(result.mean)).square())
                                       : torch::zeros_like(result.mean);
  result.variance = summed(squares, all_reduce) / result.count;
  const double unbiased = result.count > 1 ? result.count / (result.count - 1) : 1;
  running_mean.mul_(1 - momentum).add_(result.mean, momentum);
  running_variance.mul_(1 - momentum).add_(result.variance, momentum * unbiased);
  return result;
}

}  // namespace

torch::Tensor sharded_dropout(const torch::Tensor& pooled, double probability,
                              const BatchShard& shard) {
  if (probability <= 0) return pooled;
  if (shard.before + shard.after == 0) return torch::dropout(pooled, probability, true);
  const auto all =
      torch::ones({shard.before + pooled.size(0) + shard.after, pooled.size(1)}, pooled.options());
  return pooled * torch::dropout(all, probability, true).narrow(0, shard.before, pooled.size(0));
}

torch::Tensor sharded_batch_norm(const torch::Tensor& input, const torch::Tensor& weight,
                                 const torch::Tensor& bias, torch::Tensor& running_mean,
                                 torch::Tensor& running_variance, double momentum, double epsilon,
                                 const AllReduce& all_reduce) {
  Statistics whole;
  {
    const torch::NoGradGuard no_grad;
    whole = whole_statistics(input, running_mean, running_variance, momentum, all_reduce);
  }
  const auto inverse_deviation = (whole.variance + epsilon).rsqrt();
  return ShardedBatchNorm::apply(input, weight, bias, whole.mean, inverse_deviation, whole.count,
                                 &all_reduce);
}

void empty_shard_batch_norm(torch::Tensor& running_mean, torch::Tensor& running_variance,
                            double momentum, const AllReduce& all_reduce) {
  const torch::NoGradGuard no_grad;
  (void)whole_statistics({}, running_mean, running_variance, momentum, all_reduce);
}

void empty_shard_batch_norm_backward(std::int64_t channels, const AllReduce& all_reduce) {
  std::vector<double> zeros(2 * static_cast<std::size_t>(channels));
  all_reduce(zeros);
}

}  // namespace colcomb::network
