#pragma once

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/training/loss.hpp"
#include "colcomb/training/recipe.hpp"
#include "colcomb/training/teacher.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// What this worker's images of a batch are trained towards. With mixup, `batch` is the whole
/// batch: mixes its images in the proportion that `random` draws, then leaves this worker's shard
/// in it. `teacher` may be null.
[[nodiscard]] Targets batch_targets(dataset::Batch& batch, const RecipeOptions& recipe,
                                    Random random, Teacher* teacher, const Workers& workers,
                                    torch::Device device);

}  // namespace colcomb::training
