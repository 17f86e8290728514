#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::training {

/// Factors on the pooled map of `count` images, count x channels; none if the network drops
/// nothing.
[[nodiscard]] std::vector<float> draw_dropout(const NetworkDescription& network, std::size_t count,
                                              Random& random);

}  // namespace colcomb::training
