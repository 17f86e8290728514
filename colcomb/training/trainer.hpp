#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// The images of a run. The validation split is held out of the training split; the test split is
/// for reporting alone.
struct TrainData {
  const dataset::Dataset& train_set;
  const dataset::Dataset& test_set;
  std::vector<std::size_t> train;       // indices into train_set
  std::vector<std::size_t> validation;  // indices into train_set; may be empty
  std::vector<std::size_t> test;        // indices into test_set
  dataset::TransformOptions train_transform;
  dataset::TransformOptions test_transform;
};

/// Called after each epoch's checkpoint is on disk.
using EpochObserver = std::function<void(const EpochRecord&, std::size_t epochs)>;

/// Trains a network of this description, pruning and combining by the schedule, and writes the
/// checkpoint and history at each epoch's end. A run that was killed and resumed ends with the
/// numbers of one that was not. Returns the last checkpoint.
///
/// Several workers train it together: each takes its contiguous share of every batch of
/// options.batch_size images, and of the evaluation, and all make the same steps and combinings.
/// Worker 0 alone writes files and calls the observer; a checkpoint to resume from is read where it
/// runs, load_path and the data by every worker.
/// Errors: UserError for options, an existing save path without resume or force, a checkpoint that
/// does not fit, an unwritable path, a loss that is no longer finite; workers that were given other
/// options, data or networks, whose weights have drifted apart, or that were lost.
Checkpoint train(const TrainOptions& options, const NetworkDescription& description,
                 const TrainData& data, Workers& workers, const EpochObserver& observer);
/// The same in this process alone.
Checkpoint train(const TrainOptions& options, const NetworkDescription& description,
                 const TrainData& data, const EpochObserver& observer);

/// The device named by `name` (TrainOptions::device), auto resolved. Errors: UserError if cuda is
/// asked for and absent.
[[nodiscard]] std::string resolve_device(const std::string& name);

/// Sets LibTorch's thread count (it starts with one) and the allocator for large, short-lived
/// tensors: without that each batch pays for fresh zeroed pages. Call once, before training.
void prepare_libtorch(std::size_t threads);

}  // namespace colcomb::training
