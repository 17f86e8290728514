#pragma once

#include <cstddef>
#include <functional>

#include "colcomb/artifacts/checkpoint.hpp"

namespace colcomb::training {

/// How far an epoch has come.
struct BatchProgress {
  std::size_t epoch = 0;        // the first is 1
  std::size_t epochs = 0;       // of the run
  std::size_t images_done = 0;  // of the epoch
  std::size_t images = 0;       // of the epoch
  double loss = 0;              // mean over images_done
  bool note = false;            // one of every RunOptions::print_frequency batches
};

/// Who wants to know how training goes; functions may be null. Training itself prints nothing.
struct TrainingObserver {
  /// After each epoch, once its checkpoint is on disk. An exception ends the run there.
  std::function<void(const EpochRecord&, std::size_t epochs)> epoch = nullptr;
  /// After the batches whose loss is known without waiting for a device, after every
  /// print_frequency-th one and after the epoch's last.
  std::function<void(const BatchProgress&)> batch = nullptr;
  /// After each combining for an array: `steps_done` steps of the schedule have been taken.
  std::function<void(const AllocationReport&, std::size_t steps_done)> allocation = nullptr;
};

}  // namespace colcomb::training
