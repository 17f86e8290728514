#pragma once

#include <cstddef>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/observer.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/train_data.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// Trains a network of this description, pruning and combining by the schedule, and writes the
/// checkpoint and history at each epoch's end. A run that was killed and resumed ends with the
/// numbers of one that was not. Returns the last checkpoint.
///
/// Several workers train it together: each takes its contiguous shard of every batch of
/// options.batch_size images, and of the evaluation, and all make the same steps and combinings.
/// Worker 0 alone writes files and calls the observer; a checkpoint to resume from is read where it
/// runs, load_path and the data by every worker.
/// Errors: UserError for options, an existing save path without resume or force, a checkpoint to
/// resume from whose run had another identity (run_identity.hpp) or that holds no training, one to
/// load that does not fit, an unwritable path, a loss that is no longer finite; workers that were
/// given other options, data or networks, whose weights have drifted apart, or that were lost.
Checkpoint train(const TrainOptions& options, const RunOptions& run,
                 const NetworkDescription& description, const TrainData& data, Workers& workers,
                 const TrainingObserver& observer);
/// The same in this process alone.
Checkpoint train(const TrainOptions& options, const RunOptions& run,
                 const NetworkDescription& description, const TrainData& data,
                 const TrainingObserver& observer);

/// The device named by `name` (RunOptions::device), auto resolved. Errors: UserError if cuda is
/// asked for and absent.
[[nodiscard]] std::string resolve_device(const std::string& name);

/// Sets LibTorch's thread count (it starts with one) and the allocator for large, short-lived
/// tensors: without that each batch pays for fresh zeroed pages. Call once, before training.
void prepare_libtorch(std::size_t threads);

}  // namespace colcomb::training
