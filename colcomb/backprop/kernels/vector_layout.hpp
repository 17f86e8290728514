#pragma once

#include <cstddef>

namespace colcomb::backprop {

// Sixteen images lie side by side in a vector. A block of sixteen images of a C x P map (C
// channels, P pixels) is a (C, P, 16)-shaped array of floats, where element [c, p, image] is
// located at index kVectorImages * (c * P + p) + image. A spatial offset is then a step of whole
// vectors, always aligned, so shifts, strides and borders cost a product nothing. Maps add padding
// to this: see MapGeometry. All offsets in this folder count floats.
//
// A map that is kept from the forward pass to the backward one may be bf16-packed: rounded to
// bfloat16, channels 2c and 2c + 1 in one float's place, the first in the lower 16 bits. Such a map
// has ceil(C / 2) packed channels, and its strides and row offsets are those of packed channels.

/// Images per vector.
inline constexpr std::size_t kVectorImages = 16;

/// One float of each of sixteen images, for storage.
struct alignas(64) ImageVector {
  float image[kVectorImages] = {};
};

}  // namespace colcomb::backprop
