#pragma once

#include "colcomb/dataset/image.hpp"

namespace colcomb::dataset {

/// A rectangle inside a picture, in pixels.
struct Region {
  std::size_t top = 0;
  std::size_t left = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

/// Copy of a part. Requires: region inside the image.
[[nodiscard]] Image crop(const Image& image, const Region& region);

/// Left and right exchanged.
[[nodiscard]] Image mirrored(const Image& image);

/// Part of a picture scaled to `size`, as if cropped first. Antialiased bilinear: each output pixel
/// is the mean of input pixels weighted by a triangle around its centre, whose half-width is one
/// input pixel when enlarging and one output pixel when shrinking; weights are scaled to sum to 1
/// at the borders too. The two axes are done one after the other and rounded once, halves upwards.
/// Requires: region inside the image and not empty, size not empty.
[[nodiscard]] Image resize(const Image& image, const Region& region, ImageSize size);

}  // namespace colcomb::dataset
