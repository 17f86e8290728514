#include "colcomb/evaluation/calibration.hpp"

#include <algorithm>

#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/pooling.hpp"

namespace colcomb::evaluation {

RawImages calibration_images(const NetworkDescription& network, const dataset::DataSource& source,
                             std::size_t count) {
  const EvaluationData data = open_for_evaluation(source, dataset::Split::kTrain, network);
  count = std::min(count, data.set->size());
  std::vector<std::size_t> indices(count);
  for (std::size_t i = 0; i < count; ++i) indices[i] = i * data.set->size() / count;
  return read_images(data, indices);
}

std::uint32_t calibrate_pooling(const FloatNetwork& network,
                                const std::vector<std::uint8_t>& images, WeightCode weights) {
  quantization::PoolingOptions options;
  options.weights = weights;
  options.threads = available_threads();
  return quantization::calibrate_pooling_fraction_bits(network, images, options);
}

}  // namespace colcomb::evaluation
