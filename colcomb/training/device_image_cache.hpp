#pragma once

#include <torch/torch.h>

#include <map>

#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::training {

/// Data sets whose pixels are copied to a device once and stay there for the run. For each batch
/// the host draws the random placements and the device crops, mirrors and covers the pictures, all
/// of the batch at once. The pixels equal those that dataset::BatchLoader makes, bit for bit.
class DeviceImageCache {
 public:
  explicit DeviceImageCache(torch::Device device) : device_(device) {}

  /// Whether hold() accepts a data set with this transform: all pictures of one size, not rescaled,
  /// at most 1 GiB in all.
  [[nodiscard]] static bool takes(const dataset::Dataset& data,
                                  const dataset::TransformOptions& transform);
  /// Copies all pictures to the device. Requires: takes() them; `data` outlives this.
  void hold(const dataset::Dataset& data);
  [[nodiscard]] bool holds(const dataset::Dataset& data) const { return held_.contains(&data); }

  /// The batch's images: uint8 B x C x H x W on the device. Requires: the batch has placements of a
  /// data set that is held.
  [[nodiscard]] torch::Tensor images(const dataset::Batch& batch) const;

 private:
  struct Held {
    torch::Tensor
        pixels;  // uint8, flat: N x C x h x w row-major, then one 0, read outside pictures
    std::int64_t height = 0;
    std::int64_t width = 0;
  };

  torch::Device device_;
  std::map<const dataset::Dataset*, Held> held_;
};

}  // namespace colcomb::training
