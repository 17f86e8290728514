#include "colcomb/evaluation/float_evaluation.hpp"

#include <algorithm>

#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/check.hpp"

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

backprop::Pass make_pass(const FloatNetwork& network) {
  backprop::Pass pass(network.description);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const auto mask = network.layer(i).mask.values();
    pass.set_mask(i, std::vector<float>(mask.begin(), mask.end()));
  }
  return pass;
}

}  // namespace

Matrix<float> float_logits(const FloatNetwork& network, std::span<const std::uint8_t> images,
                           const ProgressObserver& progress) {
  constexpr std::size_t kImagesAtOnce = 64;
  const std::size_t size = network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  backprop::Pass pass = make_pass(network);
  const Numbers numbers = numbers_of(network);
  const std::size_t count = images.size() / size;
  Matrix<float> logits(count, network.description.classes);
  for (std::size_t done = 0; done < count;) {
    const std::size_t batch = std::min(kImagesAtOnce, count - done);
    const auto some = pass.infer(images.subspan(done * size, batch * size), batch, numbers.layers);
    std::ranges::copy(some, logits.row(done).data());
    done += batch;
    if (progress) progress(done, count);
  }
  return logits;
}

FloatEvaluation evaluate_float(const FloatNetwork& network, const EvaluationData& data,
                               std::size_t limit, const ProgressObserver& progress) {
  backprop::Pass pass = make_pass(network);
  const Numbers numbers = numbers_of(network);
  const auto indices = first_indices(data, limit);
  FloatEvaluation result;
  result.logits = Matrix<float>(indices.size(), network.description.classes);
  dataset::BatchLoader loader = load(data, indices);
  while (const auto batch = loader.next()) {
    const auto logits = pass.infer(batch->pixels, batch->count, numbers.layers);
    std::ranges::copy(logits, result.logits.row(result.labels.size()).data());
    result.labels.insert(result.labels.end(), batch->labels.begin(), batch->labels.end());
    if (progress) progress(result.labels.size(), indices.size());
  }
  return result;
}

}  // namespace colcomb::evaluation
