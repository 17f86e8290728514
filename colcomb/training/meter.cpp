#include "colcomb/training/meter.hpp"

#include <algorithm>
#include <array>

#include "colcomb/network/tensor_view.hpp"
#include "colcomb/training/to_device.hpp"

namespace colcomb::training {

torch::Tensor images_of(const dataset::Batch& batch, torch::Device device) {
  const auto size = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  return to_device(
      network::tensor_view(std::span(batch.pixels), {size(batch.count), size(batch.channels),
                                                     size(batch.height), size(batch.width)}),
      device);
}

torch::Tensor labels_of(const std::vector<std::int32_t>& labels, torch::Device device) {
  const auto view =
      network::tensor_view(std::span(labels), {static_cast<std::int64_t>(labels.size())});
  return to_device(view, device).to(torch::kInt64);
}

Meter evaluate(Runner& runner, dataset::BatchLoader& loader) {
  const torch::NoGradGuard no_grad;
  Meter meter;
  torch::Tensor loss_sum, top1, top5;  // on the runner's device, which no batch waits for
  while (const auto batch = loader.next()) {
    const auto logits = runner.infer(*batch);
    const auto labels = labels_of(batch->labels, logits.device());
    const auto loss = torch::nn::functional::cross_entropy(
        logits, labels, torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
    const std::int64_t most = std::min<std::int64_t>(5, logits.size(1));
    const auto hits = std::get<1>(logits.topk(most, 1)).eq(labels.unsqueeze(1));
    if (!loss_sum.defined()) {
      loss_sum = torch::zeros({}, loss.options().dtype(torch::kDouble));
      top1 = torch::zeros({}, labels.options());
      top5 = torch::zeros({}, labels.options());
    }
    loss_sum += loss.to(torch::kDouble);
    top1 += hits.narrow(1, 0, 1).sum();
    top5 += hits.sum();
    meter.images += batch->count;
  }
  if (!loss_sum.defined()) return meter;
  meter.loss_sum = loss_sum.item<double>();
  meter.top1 = static_cast<std::uint64_t>(top1.item<std::int64_t>());
  meter.top5 = static_cast<std::uint64_t>(top5.item<std::int64_t>());
  return meter;
}

Meter summed(const Meter& meter, Workers& workers) {
  if (workers.size() == 1) return meter;
  // A double counts exactly up to 2^53.
  std::array<double, 4> sums = {meter.loss_sum, static_cast<double>(meter.images),
                                static_cast<double>(meter.top1), static_cast<double>(meter.top5)};
  workers.sum(std::span<double>(sums));
  return {sums[0], static_cast<std::uint64_t>(sums[1]), static_cast<std::uint64_t>(sums[2]),
          static_cast<std::uint64_t>(sums[3])};
}

}  // namespace colcomb::training
