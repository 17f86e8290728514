#include "colcomb/dataset/resize.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb::dataset {
namespace {

/// Input pixels first, first + 1, ... of one output pixel, with their weights.
struct Taps {
  std::size_t first = 0;
  std::vector<float> weights;
};

std::vector<Taps> triangle_taps(std::size_t in, std::size_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double support = std::max(scale, 1.0);
  std::vector<Taps> all(out);
  for (std::size_t o = 0; o < out; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, std::floor(centre - support)));
    const auto last = std::min(in, static_cast<std::size_t>(std::ceil(centre + support)));
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      const double distance = std::abs(static_cast<double>(i) + 0.5 - centre);
      weights.push_back(std::max(0.0, 1.0 - distance / support));
      sum += weights.back();
    }
    all[o].first = first;
    for (const double weight : weights) all[o].weights.push_back(static_cast<float>(weight / sum));
  }
  return all;
}

void require_inside(const Image& image, const Region& region) {
  COLCOMB_CHECK(region.height > 0 && region.width > 0, "empty region");
  COLCOMB_CHECK(
      region.top + region.height <= image.height && region.left + region.width <= image.width,
      "region outside the picture");
}

}  // namespace

Image crop(const Image& image, const Region& region) {
  require_inside(image, region);
  Image result = blank_image(image.channels, {region.height, region.width});
  for (std::size_t c = 0; c < image.channels; ++c) {
    for (std::size_t y = 0; y < region.height; ++y) {
      const auto* from =
          &image.pixels[(c * image.height + region.top + y) * image.width + region.left];
      std::copy_n(from, region.width, &result.pixels[(c * region.height + y) * region.width]);
    }
  }
  return result;
}

Image mirrored(const Image& image) {
  Image result = image;
  for (std::size_t row = 0; row < image.channels * image.height; ++row) {
    const auto begin = result.pixels.begin() + static_cast<std::ptrdiff_t>(row * image.width);
    std::reverse(begin, begin + static_cast<std::ptrdiff_t>(image.width));
  }
  return result;
}

Image resize(const Image& image, const Region& region, ImageSize size) {
  require_inside(image, region);
  COLCOMB_CHECK(size.height > 0 && size.width > 0, "empty picture");
  const auto columns = triangle_taps(region.width, size.width);
  const auto rows = triangle_taps(region.height, size.height);
  Image result = blank_image(image.channels, size);
  std::vector<float> narrowed(region.height * size.width);
  std::vector<float> sums(size.width);
  for (std::size_t c = 0; c < image.channels; ++c) {
    for (std::size_t y = 0; y < region.height; ++y) {
      const auto* from =
          &image.pixels[(c * image.height + region.top + y) * image.width + region.left];
      for (std::size_t x = 0; x < size.width; ++x) {
        float sum = 0;
        for (std::size_t t = 0; t < columns[x].weights.size(); ++t)
          sum += columns[x].weights[t] * static_cast<float>(from[columns[x].first + t]);
        narrowed[y * size.width + x] = sum;
      }
    }
    for (std::size_t y = 0; y < size.height; ++y) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      for (std::size_t t = 0; t < rows[y].weights.size(); ++t) {
        const float* from = &narrowed[(rows[y].first + t) * size.width];
        for (std::size_t x = 0; x < size.width; ++x) sums[x] += rows[y].weights[t] * from[x];
      }
      auto* to = &result.pixels[(c * size.height + y) * size.width];
      for (std::size_t x = 0; x < size.width; ++x)
        to[x] = static_cast<std::uint8_t>(std::clamp(sums[x] + 0.5F, 0.0F, 255.0F));
    }
  }
  return result;
}

}  // namespace colcomb::dataset
