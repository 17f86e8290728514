#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/observer.hpp"

namespace colcomb::pipeline {

/// What long work tells its caller; a function that is empty is not called. The library itself
/// writes to files alone.
struct Observer {
  /// A stage begins or ends, in one line for people.
  std::function<void(const std::string& line)> stage;
  /// An epoch of `epochs` is over and its checkpoint on disk.
  std::function<void(const EpochRecord&, std::size_t epochs)> epoch;
  /// Training has done a batch: see TrainingObserver.
  std::function<void(const training::BatchProgress&)> batch;
  /// Columns have been combined for an array: see TrainingObserver.
  std::function<void(const AllocationReport&, std::size_t steps_done)> allocation;
  /// `done` of `total` images of what `title` names.
  std::function<void(const std::string& title, std::size_t done, std::size_t total)> progress;
};

}  // namespace colcomb::pipeline
