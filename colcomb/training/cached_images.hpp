#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "colcomb/training/device_image_cache.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/train_data.hpp"

namespace colcomb::training {

/// The data sets that a run holds on its device. Null: batches bring their pixels. Only autograd
/// reads the cache, and mixing images needs their pixels on the host.
[[nodiscard]] std::shared_ptr<const DeviceImageCache> cached_images(const TrainData& data,
                                                                    const TrainOptions& options,
                                                                    const std::string& backend,
                                                                    torch::Device device);

}  // namespace colcomb::training
