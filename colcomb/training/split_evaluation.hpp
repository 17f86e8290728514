#pragma once

#include <cstddef>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/train_data.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

struct SplitLoading {
  std::size_t threads = 1;  // that decode pictures ahead
  bool placements = false;  // the runner's image cache has the pixels
};

/// Sets the loss and accuracy of the test split, and of the validation split (NaN if it is empty),
/// in `record`. Pictures are brought to size by test_transform: no augmentation. The workers share
/// the images of each split.
void evaluate_splits(Runner& runner, const TrainData& data, Workers& workers,
                     const SplitLoading& loading, EpochRecord& record);

}  // namespace colcomb::training
