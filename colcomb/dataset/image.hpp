#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb::dataset {

/// Extents of a picture.
struct ImageSize {
  std::size_t height = 0;  // pixels
  std::size_t width = 0;   // pixels
  bool operator==(const ImageSize&) const = default;
};

/// One picture of 8-bit samples, planar: pixels[(c * height + y) * width + x].
/// Invariant: pixels.size() == channels * height * width.
struct Image {
  std::size_t channels = 0;          // 1: grey, 3: red, green, blue
  std::size_t height = 0;            // pixels
  std::size_t width = 0;             // pixels
  std::vector<std::uint8_t> pixels;  // channels x height x width

  /// Its extents.
  [[nodiscard]] ImageSize size() const { return {height, width}; }
  bool operator==(const Image&) const = default;
};

/// A black picture.
[[nodiscard]] inline Image blank_image(std::size_t channels, ImageSize size) {
  return {channels, size.height, size.width,
          std::vector<std::uint8_t>(channels * size.height * size.width)};
}

}  // namespace colcomb::dataset
