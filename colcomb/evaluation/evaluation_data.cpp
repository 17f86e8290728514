#include "colcomb/evaluation/evaluation_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "colcomb/base/error.hpp"

namespace colcomb::evaluation {
namespace {

/// Large enough that a batch keeps all threads busy, small enough that its maps stay in the caches.
constexpr std::size_t kBatch = 250;

}  // namespace

dataset::DataSource source_for(const dataset::DataSource& source,
                               const NetworkDescription& network) {
  dataset::DataSource result = source;
  if (result.name.empty()) result.name = network.data.name;
  if (result.name.empty()) {
    throw option_error("data.name", "",
                       "must be given: the network does not say what it was trained on");
  }
  return result;
}

EvaluationData open_for_evaluation(const dataset::DataSource& source, dataset::Split split,
                                   const NetworkDescription& network) {
  const dataset::DataSource meant = source_for(source, network);
  EvaluationData data;
  data.set = dataset::open_dataset(meant.name, meant.root, split, network.input.channels);
  if (data.set->class_count() != network.classes ||
      data.set->channels() != network.input.channels) {
    throw option_error("data.name", meant.name,
                       fmt::format("has {} classes and {} channels, the network {} and {}",
                                   data.set->class_count(), data.set->channels(), network.classes,
                                   network.input.channels));
  }
  data.transform =
      dataset::transform_for(meant.name, {network.input.height, network.input.width}, false, false);
  return data;
}

std::vector<std::size_t> first_indices(const EvaluationData& data, std::size_t limit) {
  const std::size_t count = limit > 0 ? std::min(limit, data.set->size()) : data.set->size();
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

dataset::BatchLoader load(const EvaluationData& data, const std::vector<std::size_t>& indices) {
  dataset::LoaderOptions loading;
  loading.batch_size = kBatch;
  return {*data.set, indices, data.transform, loading};
}

RawImages read_images(const EvaluationData& data, const std::vector<std::size_t>& indices) {
  RawImages images;
  dataset::BatchLoader loader = load(data, indices);
  while (const auto batch = loader.next()) {
    images.pixels.insert(images.pixels.end(), batch->pixels.begin(), batch->pixels.end());
    images.labels.insert(images.labels.end(), batch->labels.begin(), batch->labels.end());
  }
  return images;
}

}  // namespace colcomb::evaluation
