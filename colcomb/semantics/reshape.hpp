#pragma once

#include <cstdint>
#include <span>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/semantics/map.hpp"

namespace colcomb::semantics {

/// The checkerboard reshape (space-to-depth) of an image: see InputDescription::reshape_stride.
/// Requires: image.size() == input.size().
[[nodiscard]] Map reshape_image(std::span<const std::uint8_t> image, const InputDescription& input);

}  // namespace colcomb::semantics
