#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/backprop/geometry.hpp"

namespace colcomb::backprop {

/// Turns raw images into a block of the first layer's input map: normalization and checkerboard
/// reshape, sixteen images side by side.
class ImageReader {
 public:
  explicit ImageReader(const InputDescription& input);

  [[nodiscard]] std::size_t image_size() const;  // bytes
  /// `images`: count x C x H x W raw bytes, 1 <= count <= kVectorImages. Writes these rows of the
  /// input map to `out`, the address of pixel [rows.begin, 0] of channel 0 in a map of geometry
  /// `map`. Vector elements beyond `count` become 0.
  void read(const std::uint8_t* images, std::size_t count, Rows rows, const MapGeometry& map,
            float* out) const;

 private:
  InputDescription input_;
  std::vector<float> value_;  // per channel and byte
};

}  // namespace colcomb::backprop
