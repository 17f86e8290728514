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
  /// Writes these rows of the first layer's input, of `count` images, 1 to kLanes, to `out`: the
  /// first row's pixel 0 of channel 0 in a map of that geometry. The other lanes become 0.
  void read(const std::uint8_t* images, std::size_t count, Rows rows, const MapGeometry& map,
            float* out) const;

 private:
  InputDescription input_;
  std::vector<float> value_;  // per channel and byte
};

}  // namespace colcomb::backprop
