#include "colcomb/training/cached_images.hpp"

namespace colcomb::training {

std::shared_ptr<const DeviceImageCache> cached_images(const TrainData& data,
                                                      const TrainOptions& options,
                                                      const std::string& backend,
                                                      torch::Device device) {
  if (backend != "autograd" || options.recipe.mixup > 0 ||
      !DeviceImageCache::takes(data.train_set, data.train_transform) ||
      !DeviceImageCache::takes(data.test_set, data.test_transform))
    return nullptr;
  auto images = std::make_shared<DeviceImageCache>(device);
  images->hold(data.train_set);
  images->hold(data.test_set);
  return images;
}

}  // namespace colcomb::training
