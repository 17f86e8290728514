#include "colcomb/training/meter.hpp"

#include <algorithm>
#include <array>

namespace colcomb::training {

torch::Tensor images_of(const dataset::Batch& batch, torch::Device device) {
  const auto size = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  const auto view = torch::from_blob(
      const_cast<std::uint8_t*>(batch.pixels.data()),
      {size(batch.count), size(batch.channels), size(batch.height), size(batch.width)},
      torch::kUInt8);
  return device.is_cpu() ? view : view.to(device);
}

torch::Tensor labels_of(const std::vector<std::int32_t>& labels, torch::Device device) {
  const auto view = torch::from_blob(const_cast<std::int32_t*>(labels.data()),
                                     {static_cast<std::int64_t>(labels.size())}, torch::kInt32);
  return view.to(device, torch::kInt64);
}

Meter evaluate(Runner& runner, dataset::BatchLoader& loader) {
  const torch::NoGradGuard no_grad;
  Meter meter;
  while (const auto batch = loader.next()) {
    const auto logits = runner.infer(*batch);
    const auto labels = labels_of(batch->labels, logits.device());
    meter.loss_sum +=
        torch::nn::functional::cross_entropy(
            logits, labels, torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum))
            .item<double>();
    const std::int64_t most = std::min<std::int64_t>(5, logits.size(1));
    const auto hits = std::get<1>(logits.topk(most, 1)).eq(labels.unsqueeze(1));
    meter.top1 += static_cast<std::uint64_t>(hits.narrow(1, 0, 1).sum().item<std::int64_t>());
    meter.top5 += static_cast<std::uint64_t>(hits.sum().item<std::int64_t>());
    meter.images += batch->count;
  }
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
