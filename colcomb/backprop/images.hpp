#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/backprop/geometry.hpp"

namespace colcomb::backprop {

/// Turns raw images into a block's input map: normalization, checkerboard reshape, one image per
/// lane.
class ImageReader {
 public:
  explicit ImageReader(const InputDescription& input);

  [[nodiscard]] std::size_t image_size() const;  // bytes
  /// Writes the pixels of `count` images, 1 to kLanes, into the map; the other lanes become 0.
  void read(const std::uint8_t* images, std::size_t count, const MapGeometry& map,
            float* out) const;

 private:
  InputDescription input_;
  std::vector<float> value_;  // per channel and byte
};

}  // namespace colcomb::backprop
