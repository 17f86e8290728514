#include "colcomb/training/split_evaluation.hpp"

#include <limits>

#include "colcomb/training/meter.hpp"

namespace colcomb::training {
namespace {

/// A multiple of the native backend's sixteen images to a vector, and enough to keep a GPU busy;
/// more would only need more memory for maps.
constexpr std::size_t kBatch = 256;

Meter evaluate_split(Runner& runner, const dataset::Dataset& images,
                     const std::vector<std::size_t>& split,
                     const dataset::TransformOptions& transform, Workers& workers,
                     const SplitLoading& loading) {
  const dataset::PlaceRange shard = dataset::share_of(split.size(), workers.rank(), workers.size());
  const std::vector<std::size_t> indices(split.begin() + static_cast<std::ptrdiff_t>(shard.begin),
                                         split.begin() + static_cast<std::ptrdiff_t>(shard.end));
  dataset::LoaderOptions options;
  options.batch_size = kBatch;
  options.threads = loading.threads;
  options.placements = loading.placements;
  dataset::BatchLoader loader(images, indices, transform, options);
  return summed(evaluate(runner, loader), workers);
}

}  // namespace

void evaluate_splits(Runner& runner, const TrainData& data, Workers& workers,
                     const SplitLoading& loading, EpochRecord& record) {
  const Meter test =
      evaluate_split(runner, data.test_set, data.test, data.test_transform, workers, loading);
  record.test_loss = test.loss();
  record.test_top1 = test.top1_fraction();
  record.test_top5 = test.top5_fraction();
  record.validation_loss = record.validation_top1 = std::numeric_limits<double>::quiet_NaN();
  if (data.validation.empty()) return;
  const Meter validation = evaluate_split(runner, data.train_set, data.validation,
                                          data.test_transform, workers, loading);
  record.validation_loss = validation.loss();
  record.validation_top1 = validation.top1_fraction();
}

}  // namespace colcomb::training
