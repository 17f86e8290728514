#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// What the integer network gives for each image.
[[nodiscard]] std::vector<ImageValues> image_values(const QuantizedNetwork& network,
                                                    std::span<const std::uint8_t> images,
                                                    std::size_t threads);

}  // namespace colcomb::simulation
