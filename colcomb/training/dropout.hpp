#pragma once

#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::training {

/// Factors on what the classifier reads of the batch's images, count x M; none if the network drops
/// nothing. `random` is the whole batch's stream: what it draws for images in other shards is
/// passed over.
[[nodiscard]] std::vector<float> draw_dropout(const NetworkDescription& network,
                                              const dataset::Batch& batch, Random& random);

}  // namespace colcomb::training
