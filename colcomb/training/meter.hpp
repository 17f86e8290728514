#pragma once

#include <cstdint>

#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// Sums of loss and hits over images.
struct Meter {
  double loss_sum = 0;  // cross entropy
  std::uint64_t images = 0;
  std::uint64_t top1 = 0;
  std::uint64_t top5 = 0;

  [[nodiscard]] double loss() const { return loss_sum / static_cast<double>(images); }
  [[nodiscard]] double top1_fraction() const {
    return static_cast<double>(top1) / static_cast<double>(images);
  }
  [[nodiscard]] double top5_fraction() const {
    return static_cast<double>(top5) / static_cast<double>(images);
  }
};

/// Images and labels of a batch as tensors on `device`: uint8 B x C x H x W and int64 B. On the CPU
/// the images are the batch's own memory.
[[nodiscard]] torch::Tensor images_of(const dataset::Batch& batch, torch::Device device);
[[nodiscard]] torch::Tensor labels_of(const std::vector<std::int32_t>& labels,
                                      torch::Device device);

/// Loss and accuracy of the runner's network in evaluation mode.
[[nodiscard]] Meter evaluate(Runner& runner, dataset::BatchLoader& loader);
/// The sum over all workers.
[[nodiscard]] Meter summed(const Meter& meter, Workers& workers);

}  // namespace colcomb::training
