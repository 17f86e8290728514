#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::training {

/// What mix() did to a batch.
struct Mixed {
  double share = 1;                    // of each image itself, the rest being its partner's
  std::vector<std::int32_t> partners;  // the partners' labels, one per image
};

/// Replaces every image by share * image + (1 - share) * partner, rounded to whole pixel values;
/// the partner of image i is image B - 1 - i, which shuffling has made a random one. The batch's
/// share is one number, drawn from Beta(strength, strength). Requires: 0 < strength <= 1.
Mixed mix(dataset::Batch& batch, double strength, Random random);

}  // namespace colcomb::training
