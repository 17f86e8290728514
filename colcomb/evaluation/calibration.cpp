#include "colcomb/evaluation/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/transform.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/quantization/pooling.hpp"
#include "colcomb/quantization/quantize.hpp"

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
                                const ProgressFunction& progress, WeightScales scales) {
  if (!network.description.global_pooling) return 0;
  QuantizedNetwork hidden = quantization::quantize_hidden(network, weights, scales);
  // The sums need no classifier, but the engine runs whole networks: one of zeros.
  const LayerDescription& classifier = network.description.classifier;
  hidden.classifier.weights =
      pack(Matrix<std::int8_t>(classifier.out_channels, classifier.columns.size()), ColumnGroups{});
  hidden.classifier.bias.assign(classifier.out_channels, 0);
  hidden.classifier.padding.assign(classifier.in_channels, 0);
  hidden.classifier.weight_code = weights;
  inference::Engine engine(hidden);
  const std::size_t size = engine.image_size();
  const std::size_t channels = engine.global_pooling_channels();
  const std::size_t count = images.size() / size;
  std::vector<std::uint64_t> sums(count * channels);
  const std::size_t at_once = 8 * available_threads();
  for (std::size_t done = 0; done < count;) {
    const std::size_t some = std::min(at_once, count - done);
    engine.pool_sums(std::span(images).subspan(done * size, some * size),
                     std::span(sums).subspan(done * channels, some * channels));
    done += some;
    if (progress) progress(done, count);
  }
  const LayerDescription& last = network.description.hidden.back();
  return quantization::choose_pooling_fraction_bits(sums, last.out_height() * last.out_width(), {});
}

}  // namespace colcomb::evaluation
