#include "colcomb/evaluation/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/transform.hpp"
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

CalibrationPictures calibration_pictures(const NetworkDescription& network,
                                         const std::filesystem::path& folder, std::size_t count) {
  const InputDescription& input = network.input;
  if (input.channels != 1 && input.channels != 3) {
    throw option_error("calibration.folder", folder.string(),
                       fmt::format("holds pictures of 3 channels, or in grey; the network reads {}",
                                   input.channels));
  }
  const auto set = dataset::open_pictures(folder, input.channels);
  const dataset::ImageSize size{input.height, input.width};
  const auto scaling = dataset::transform_for("folder", size, false, false);
  count = std::min(count, set->size());
  std::vector<std::uint8_t> pixels(count * input.size());
  parallel_for(count, available_threads(), [&](std::size_t i) {
    dataset::Image image = set->read(i * set->size() / count);
    Random unused(1);
    if (image.size() != size) image = dataset::transformed(image, scaling, unused);
    std::ranges::copy(image.pixels, pixels.begin() + static_cast<std::ptrdiff_t>(i * input.size()));
  });
  return {std::move(pixels), set->ignored_files()};
}

std::uint32_t calibrate_pooling(const FloatNetwork& network,
                                const std::vector<std::uint8_t>& images, WeightCode weights,
                                const ProgressFunction& progress) {
  quantization::PoolingOptions options;
  options.weights = weights;
  options.threads = available_threads();
  options.progress = progress;
  return quantization::calibrate_pooling_fraction_bits(network, images, options);
}

}  // namespace colcomb::evaluation
