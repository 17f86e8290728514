#include "colcomb/backprop/images.hpp"

namespace colcomb::backprop {

ImageReader::ImageReader(const InputDescription& input) : input_(input) {
  for (std::size_t c = 0; c < input.channels; ++c) {
    // In float, step by step, as the LibTorch network does it.
    const auto scale = static_cast<float>(1.0 / (255.0 * input.std[c]));
    const auto offset = static_cast<float>(-input.mean[c] / input.std[c]);
    for (int byte = 0; byte < 256; ++byte)
      value_.push_back(static_cast<float>(byte) * scale + offset);
  }
}

std::size_t ImageReader::image_size() const {
  return input_.channels * input_.height * input_.width;
}

void ImageReader::read(const std::uint8_t* images, std::size_t count, Rows rows,
                       const MapGeometry& map, float* out) const {
  const std::size_t s = input_.reshape_stride;
  const MapStrides strides = map.strides();
  for (std::size_t c = 0; c < input_.channels; ++c) {
    const float* const value = value_.data() + c * 256;
    for (std::size_t y = rows.begin * s; y < rows.end * s; ++y) {
      for (std::size_t x = 0; x < input_.width; ++x) {
        const std::size_t channel = (c * s + y % s) * s + x % s;
        float* const to = out + channel * strides.channel + (y / s - rows.begin) * strides.row +
                          x / s * kVectorImages;
        const std::uint8_t* const from = images + (c * input_.height + y) * input_.width + x;
        for (std::size_t i = 0; i < count; ++i) to[i] = value[from[i * image_size()]];
        for (std::size_t i = count; i < kVectorImages; ++i) to[i] = 0;
      }
    }
  }
}

}  // namespace colcomb::backprop
