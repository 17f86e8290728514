#pragma once

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Writes an RGB picture of random pixels, making its folder.
inline void write_random_png(const std::filesystem::path& path, std::size_t height,
                             std::size_t width, Random& random) {
  std::filesystem::create_directories(path.parent_path());
  std::vector<std::uint8_t> pixels(3 * height * width);
  for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random.below(256));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr) == 0)
    throw std::runtime_error("cannot write " + path.string());
}

}  // namespace colcomb::tests
