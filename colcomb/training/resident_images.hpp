#pragma once

#include <torch/torch.h>

#include <map>

#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::training {

/// Data sets whose pixels lie on a device for a whole run, so that a batch costs the host only its
/// random decisions: the device cuts, mirrors and covers the pictures, all of a batch at once. The
/// pixels equal those that the loader would have made, bit for bit.
class ResidentImages {
 public:
  explicit ResidentImages(torch::Device device) : device_(device) {}

  /// Whether hold() takes these pictures, brought to the input's size in this way: all of one size,
  /// not scaled, at most 1 GiB.
  [[nodiscard]] static bool takes(const dataset::Dataset& data,
                                  const dataset::TransformOptions& transform);
  /// Copies all pictures to the device. Requires: takes() them; `data` outlives this.
  void hold(const dataset::Dataset& data);
  [[nodiscard]] bool holds(const dataset::Dataset& data) const { return held_.contains(&data); }

  /// uint8 B x C x H x W on the device. Requires: a batch of placements of a data set that is held.
  [[nodiscard]] torch::Tensor images(const dataset::Batch& batch) const;

 private:
  struct Held {
    torch::Tensor pixels;  // uint8, flat: N x C x h x w, then one 0 for what lies outside a picture
    std::int64_t height = 0;
    std::int64_t width = 0;
  };

  torch::Device device_;
  std::map<const dataset::Dataset*, Held> held_;
};

}  // namespace colcomb::training
