#include "colcomb/training/batch_targets.hpp"

#include "colcomb/training/meter.hpp"
#include "colcomb/training/mixup.hpp"

namespace colcomb::training {

Targets batch_targets(dataset::Batch& batch, const RecipeOptions& recipe, Random random,
                      Teacher* teacher, const Workers& workers, torch::Device device) {
  Targets targets;
  if (recipe.mixup > 0) {
    const Mixed mixed = mix(batch, recipe.mixup, random);
    const auto shard = dataset::share_of(batch.count, workers.rank(), workers.size());
    dataset::keep_share(batch, shard);
    targets.share = mixed.share;
    const auto first = mixed.partners.begin() + static_cast<std::ptrdiff_t>(shard.begin);
    targets.partners =
        labels_of({first, first + static_cast<std::ptrdiff_t>(shard.size())}, device);
  }
  targets.labels = labels_of(batch.labels, device);
  if (teacher != nullptr && batch.count > 0) targets.teacher = teacher->logits(batch);
  return targets;
}

}  // namespace colcomb::training
