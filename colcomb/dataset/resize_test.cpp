#include "colcomb/dataset/resize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/test_files.hpp"

namespace colcomb::dataset::tests {
namespace {

Image noise(std::size_t channels, ImageSize size, std::uint64_t seed) {
  Image image = blank_image(channels, size);
  Random random(seed);
  for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(random.below(256));
  return image;
}

double triangle(std::size_t out, std::size_t in, double scale) {
  const double support = std::max(scale, 1.0);
  const double distance =
      (static_cast<double>(out) + 0.5) * scale - (static_cast<double>(in) + 0.5);
  return std::max(0.0, 1.0 - std::abs(distance) / support);
}

/// The definition, straight: a weighted mean over all pixels of the cropped picture at once.
double direct(const Image& image, std::size_t c, const Region& region, ImageSize size,
              std::size_t y, std::size_t x) {
  const double scale_y = static_cast<double>(region.height) / static_cast<double>(size.height);
  const double scale_x = static_cast<double>(region.width) / static_cast<double>(size.width);
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < region.height; ++i) {
    for (std::size_t j = 0; j < region.width; ++j) {
      const double weight = triangle(y, i, scale_y) * triangle(x, j, scale_x);
      weights += weight;
      sum += weight *
             image.pixels[(c * image.height + region.top + i) * image.width + region.left + j];
    }
  }
  return sum / weights;
}

TEST(Resize, AgreesWithTheDirectDefinition) {
  const std::vector<ImageSize> shapes{{1, 1}, {1, 7}, {7, 1}, {2, 3}, {8, 8}, {13, 11}, {31, 29}};
  for (const auto& from : shapes) {
    const Image image = noise(2, {from.height + 3, from.width + 2}, from.height * 100 + from.width);
    const Region region{1, 2, from.height, from.width};
    for (const auto& size : shapes) {
      const Image result = resize(image, region, size);
      ASSERT_EQ(result.size(), size);
      for (std::size_t i = 0; i < result.pixels.size(); ++i) {
        const std::size_t x = i % size.width;
        const std::size_t y = i / size.width % size.height;
        const std::size_t c = i / (size.width * size.height);
        // Half a level is the rounding; the rest lets an exact half fall either way.
        ASSERT_NEAR(result.pixels[i], direct(image, c, region, size, y, x), 0.5 + 1e-3)
            << from.height << " x " << from.width << " to " << size.height << " x " << size.width;
      }
    }
  }
}

TEST(Resize, ByHand) {
  // Enlarging 2 to 4: weights 1, 3/4 : 1/4, 1/4 : 3/4, 1.
  EXPECT_EQ(resize({1, 1, 2, {0, 100}}, {0, 0, 1, 2}, {1, 4}).pixels, (Octets{0, 25, 75, 100}));
  // Shrinking 4 to 2: weights 3/4, 3/4, 1/4 over 7/4, so 25 / 1.75 and 225 / 1.75.
  EXPECT_EQ(resize({1, 4, 1, {0, 0, 100, 200}}, {0, 0, 4, 1}, {2, 1}).pixels, (Octets{14, 129}));
}

TEST(Resize, HalvesAreRoundedUpwards) {
  // The middle of three from two is their mean, 2.5.
  EXPECT_EQ(resize({1, 1, 2, {2, 3}}, {0, 0, 1, 2}, {1, 3}).pixels[1], 3);
}

TEST(Resize, SameSizeIsTheSamePicture) {
  const Image image = noise(3, {9, 14}, 5);
  EXPECT_EQ(resize(image, {0, 0, 9, 14}, {9, 14}), image);
}

TEST(Resize, OneColourStays) {
  Image image = blank_image(1, {17, 23});
  for (const std::uint8_t level : {0, 1, 127, 254, 255}) {
    std::fill(image.pixels.begin(), image.pixels.end(), level);
    for (const auto pixel : resize(image, {0, 0, 17, 23}, {5, 40}).pixels) ASSERT_EQ(pixel, level);
  }
}

TEST(Crop, TakesTheRegionOfEveryChannel) {
  const Image image = coordinates(2, {5, 6});
  EXPECT_EQ(crop(image, {1, 2, 2, 3}), (Image{2, 2, 3, {2, 3, 4, 2, 3, 4, 1, 1, 1, 2, 2, 2}}));
  EXPECT_EQ(crop(image, {0, 0, 5, 6}), image);
}

TEST(Mirrored, ExchangesLeftAndRightOfEveryRow) {
  EXPECT_EQ(mirrored({2, 2, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}),
            (Image{2, 2, 3, {3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}}));
}

}  // namespace
}  // namespace colcomb::dataset::tests
