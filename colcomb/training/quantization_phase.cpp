#include "colcomb/training/quantization_phase.hpp"

#include <algorithm>

#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/quantization/pooling.hpp"

namespace colcomb::training {
namespace {

/// `count` of `indices`, or all if there are fewer.
std::vector<std::size_t> evenly_spaced(const std::vector<std::size_t>& indices, std::size_t count) {
  count = std::min(count, indices.size());
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(indices[i * indices.size() / count]);
  return result;
}

}  // namespace

bool is_quantization_aware(const TrainOptions& options, std::size_t epoch) {
  return epoch + options.quantization_aware.epochs > options.epochs;
}

quantization::QuantizeOptions epoch_scales(const FloatNetwork& network, const TrainData& data,
                                           const TrainOptions& options, std::size_t threads) {
  quantization::PoolingOptions pooling;
  pooling.weights = options.quantization_aware.weights;
  pooling.scales = options.quantization_aware.scales;
  pooling.threads = threads;
  const auto images = evenly_spaced(data.train, quantization::kCalibrationImages);
  dataset::LoaderOptions loading;
  loading.batch_size = images.size();
  dataset::BatchLoader loader(data.train_set, images, data.test_transform, loading);
  return {quantization::calibrate_pooling_fraction_bits(network, loader.next()->pixels, pooling),
          pooling.weights, pooling.scales};
}

}  // namespace colcomb::training
