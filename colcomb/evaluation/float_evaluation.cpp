#include "colcomb/evaluation/float_evaluation.hpp"

#include <algorithm>
#include <optional>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/blocked_network.hpp"

namespace colcomb::evaluation {
namespace {

/// Backprop takes pointers that may be written to, which an evaluation never does: statistics are
/// copied so that the network stays constant.
struct Numbers {
  std::vector<std::vector<float>> means, variances;
  std::vector<backprop::LayerParameters> layers;
};

Numbers numbers_of(const FloatNetwork& network) {
  Numbers numbers;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const FloatLayer& layer = network.layer(i);
    numbers.means.push_back(layer.batch_norm ? layer.batch_norm->mean : std::vector<float>());
    numbers.variances.push_back(layer.batch_norm ? layer.batch_norm->variance
                                                 : std::vector<float>());
  }
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const FloatLayer& layer = network.layer(i);
    backprop::LayerParameters pointers;
    pointers.weights = layer.weights.values().data();
    if (layer.batch_norm) {
      pointers.norm_weight = layer.batch_norm->weight.data();
      pointers.norm_bias = layer.batch_norm->bias.data();
      pointers.norm_mean = numbers.means[i].data();
      pointers.norm_variance = numbers.variances[i].data();
    } else {
      pointers.bias = layer.bias.data();
    }
    numbers.layers.push_back(pointers);
  }
  return numbers;
}

/// Logits of a batch of raw images by backprop, or where layers have tables by blocked products,
/// some images a thread.
class Logits {
 public:
  explicit Logits(const FloatNetwork& network)
      : classes_(network.description.classes), image_(network.description.input.size()) {
    if (has_tables(network.description)) {
      blocked_.emplace(network);
      return;
    }
    pass_.emplace(network.description);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const auto mask = network.layer(i).mask.values();
      pass_->set_mask(i, std::vector<float>(mask.begin(), mask.end()));
    }
    numbers_ = numbers_of(network);
  }

  std::vector<float> operator()(std::span<const std::uint8_t> pixels, std::size_t count) {
    std::vector<float> logits(count * classes_);
    if (pass_) {
      std::ranges::copy(pass_->infer(pixels, count, numbers_.layers), logits.begin());
      return logits;
    }
    const std::size_t some = blocked_->images_at_once();
    parallel_for((count + some - 1) / some, available_threads(), [&](std::size_t i) {
      const std::size_t first = i * some;
      const std::size_t images = std::min(some, count - first);
      const auto batch = blocked_->run(pixels.subspan(first * image_, images * image_));
      std::ranges::copy(batch.values(),
                        logits.begin() + static_cast<std::ptrdiff_t>(first * classes_));
    });
    return logits;
  }

 private:
  std::size_t classes_;
  std::size_t image_;
  std::optional<backprop::Pass> pass_;
  Numbers numbers_;
  std::optional<quantization::BlockedNetwork> blocked_;
};

}  // namespace

Matrix<float> float_logits(const FloatNetwork& network, std::span<const std::uint8_t> images,
                           const ProgressObserver& progress) {
  constexpr std::size_t kImagesAtOnce = 64;
  const std::size_t size = network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  Logits logits_of(network);
  const std::size_t count = images.size() / size;
  Matrix<float> logits(count, network.description.classes);
  for (std::size_t done = 0; done < count;) {
    const std::size_t batch = std::min(kImagesAtOnce, count - done);
    const auto some = logits_of(images.subspan(done * size, batch * size), batch);
    std::ranges::copy(some, logits.row(done).data());
    done += batch;
    if (progress) progress(done, count);
  }
  return logits;
}

FloatEvaluation evaluate_float(const FloatNetwork& network, const EvaluationData& data,
                               std::size_t limit, const ProgressObserver& progress) {
  Logits logits_of(network);
  const auto indices = first_indices(data, limit);
  FloatEvaluation result;
  result.logits = Matrix<float>(indices.size(), network.description.classes);
  dataset::BatchLoader loader = load(data, indices);
  while (const auto batch = loader.next()) {
    const auto logits = logits_of(batch->pixels, batch->count);
    std::ranges::copy(logits, result.logits.row(result.labels.size()).data());
    result.labels.insert(result.labels.end(), batch->labels.begin(), batch->labels.end());
    if (progress) progress(result.labels.size(), indices.size());
  }
  return result;
}

}  // namespace colcomb::evaluation
