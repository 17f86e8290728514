#pragma once

#include <torch/torch.h>

#include <cstddef>

namespace colcomb::training {

/// The losses of an epoch's batches, added up where they are computed: on a GPU each add() is
/// to queue an addition alone, and mean() to wait for the device.
class LossSum {
 public:
  /// `waits`: each add() reads its loss at once, which costs nothing on the CPU alone.
  LossSum(torch::Device device, bool waits);

  /// `loss`: scalar, the mean over a batch's images.
  void add(const torch::Tensor& loss, std::size_t images);
  /// Mean over all images; not finite if any batch's loss was not.
  [[nodiscard]] double mean() const;
  /// Whether mean() costs nothing.
  [[nodiscard]] bool at_hand() const { return !sum_.defined(); }
  [[nodiscard]] std::size_t images() const { return images_; }
  /// Errors: UserError if mean() is not finite after `batches` batches of `epoch`.
  void require_finite(std::size_t epoch, std::size_t batches) const;

 private:
  double host_sum_ = 0;
  torch::Tensor sum_;  // double scalar on the device; undefined if add() waits
  std::size_t images_ = 0;
};

}  // namespace colcomb::training
