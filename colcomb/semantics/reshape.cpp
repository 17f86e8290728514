#include "colcomb/semantics/reshape.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb::semantics {

Map reshape_image(std::span<const std::uint8_t> image, const InputDescription& input) {
  COLCOMB_CHECK(image.size() == input.size(), "the image has not the network's input shape");
  const std::size_t s = input.reshape_stride;
  Map map{input.channels * s * s, input.height / s, input.width / s, {}};
  map.values.resize(image.size());
  for (std::size_t c = 0; c < input.channels; ++c) {
    for (std::size_t y = 0; y < input.height; ++y) {
      for (std::size_t x = 0; x < input.width; ++x) {
        const std::size_t channel = (c * s + y % s) * s + x % s;
        map.values[(channel * map.height + y / s) * map.width + x / s] =
            image[(c * input.height + y) * input.width + x];
      }
    }
  }
  return map;
}

}  // namespace colcomb::semantics
