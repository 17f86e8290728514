#include "colcomb/cli/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/quantization/pooling.hpp"

namespace colcomb::cli {

void CalibrationFlags::add_to(CLI::App& command, const char* purpose) {
  data.add_to(command);
  command
      .add_option("--calibration-images", images,
                  fmt::format("Training images on which {}", purpose))
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

std::vector<std::uint8_t> calibration_images(const NetworkDescription& network,
                                             const DataFlags& flags, std::size_t count) {
  const EvaluationData data = open_for_evaluation(flags, dataset::Split::kTrain, network);
  count = std::min(count, data.set->size());
  std::vector<std::size_t> indices(count);
  for (std::size_t i = 0; i < count; ++i) indices[i] = i * data.set->size() / count;
  dataset::LoaderOptions loading;
  loading.batch_size = count;
  dataset::BatchLoader loader(*data.set, indices, data.transform, loading);
  return loader.next()->pixels;
}

std::uint32_t calibrate_pool_bits(const FloatNetwork& network, const CalibrationFlags& flags,
                                  WeightCode weights) {
  quantization::PoolingOptions options;
  options.weights = weights;
  options.threads = available_threads();
  return quantization::calibrate_pool_bits(
      network, calibration_images(network.description, flags.data, flags.images), options);
}

}  // namespace colcomb::cli
