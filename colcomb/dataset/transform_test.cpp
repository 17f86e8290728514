#include "colcomb/dataset/transform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "colcomb/dataset/resize.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/effort.hpp"

namespace colcomb::dataset::tests {
namespace {

using Kind = TransformOptions::Kind;

TEST(TransformFor, EachDataSetHasItsOwn) {
  const auto of = [](const std::string& name, bool training, bool augment) {
    const auto options = transform_for(name, {30, 40}, training, augment);
    EXPECT_EQ(options.height, 30U);
    EXPECT_EQ(options.width, 40U);
    return std::pair(options.kind, options.flip);
  };
  EXPECT_EQ(of("mnist", true, true), std::pair(Kind::kCrop, false));  // digits have a handedness
  for (const std::string name : {"fashion-mnist", "cifar10", "cifar100"})
    EXPECT_EQ(of(name, true, true), std::pair(Kind::kCrop, true)) << name;
  for (const std::string name : {"folder", "imagenet"})
    EXPECT_EQ(of(name, true, true), std::pair(Kind::kResizedCrop, true)) << name;
  for (const auto& [training, augment] :
       {std::pair{true, false}, std::pair{false, true}, std::pair{false, false}}) {
    EXPECT_EQ(of("mnist", training, augment), std::pair(Kind::kPad, false));
    EXPECT_EQ(of("cifar10", training, augment), std::pair(Kind::kPad, false));
    EXPECT_EQ(of("imagenet", training, augment), std::pair(Kind::kCenterCrop, false));
  }
  EXPECT_EQ(error_of([] {
              (void)transform_for("mnist", {0, 32}, true, true);
            }).field,
            "data.input_size");
}

TEST(Pad, CentresAndFillsWithBlack) {
  Random random(1);
  const Image image{1, 1, 2, {7, 8}};
  EXPECT_EQ(transformed(image, {.kind = Kind::kPad, .height = 3, .width = 5}, random),
            (Image{1, 3, 5, {0, 0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0}}));
}

TEST(Pad, TwentyEightToThirtyTwoHasTwoOnEachSide) {
  Random random(1);
  Image image = blank_image(1, {28, 28});
  std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{9});
  const auto padded = transformed(image, transform_for("mnist", {32, 32}, false, false), random);
  for (std::size_t y = 0; y < 32; ++y) {
    for (std::size_t x = 0; x < 32; ++x) {
      const bool inside = y >= 2 && y < 30 && x >= 2 && x < 30;
      ASSERT_EQ(padded.pixels[y * 32 + x], inside ? 9 : 0) << y << ", " << x;
    }
  }
}

TEST(Pad, LargerImageIsAnError) {
  Random random(1);
  for (const Kind kind : {Kind::kPad, Kind::kCrop}) {
    const auto parts = error_of([&] {
      (void)transformed(blank_image(1, {28, 33}), {.kind = kind, .height = 32, .width = 32},
                        random);
    });
    EXPECT_EQ(parts.field, "data.input_size");
    EXPECT_EQ(parts.value, "32 x 32");
    EXPECT_EQ(parts.rule, "must be at least the size of the data set's images, 28 x 33");
  }
}

/// Pads to the input and by `padding` more in memory, cuts out, then mirrors: pixel by pixel.
Image naive_crop(const Image& image, std::size_t side, std::size_t padding, std::size_t top,
                 std::size_t left, bool flip) {
  const std::size_t border = padding + (side - image.height) / 2;
  const std::size_t large = side + 2 * padding;
  Image padded = blank_image(image.channels, {large, large});
  for (std::size_t c = 0; c < image.channels; ++c)
    for (std::size_t y = 0; y < image.height; ++y)
      for (std::size_t x = 0; x < image.width; ++x)
        padded.pixels[(c * large + y + border) * large + x + border] =
            image.pixels[(c * image.height + y) * image.width + x];
  Image result = blank_image(image.channels, {side, side});
  for (std::size_t c = 0; c < image.channels; ++c)
    for (std::size_t y = 0; y < side; ++y)
      for (std::size_t x = 0; x < side; ++x)
        result.pixels[(c * side + y) * side + (flip ? side - 1 - x : x)] =
            padded.pixels[(c * large + y + top) * large + x + left];
  return result;
}

/// Pixels as a key.
std::string text_of(const Image& image) {
  return {image.pixels.begin(), image.pixels.end()};
}

TEST(Crop, EveryWindowAndMirroringIsEquallyLikelyAndNoOtherOccurs) {
  for (const std::size_t image_side : {8U, 6U}) {
    Image image = blank_image(2, {image_side, image_side});
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      image.pixels[i] = static_cast<std::uint8_t>(i + 1);
    std::map<std::string, int> seen;
    for (std::size_t top = 0; top <= 8; ++top)
      for (std::size_t left = 0; left <= 8; ++left)
        for (const bool flip : {false, true})
          seen[text_of(naive_crop(image, 8, 4, top, left, flip))] = 0;
    const std::size_t cells = 9 * 9 * 2;
    ASSERT_EQ(seen.size(), cells);
    const TransformOptions options{.kind = Kind::kCrop, .height = 8, .width = 8, .flip = true};
    constexpr int kMean = 100;
    for (std::uint64_t i = 0; i < cells * kMean; ++i) {
      Random random = Random::stream(1, 2, i);
      const auto found = seen.find(text_of(transformed(image, options, random)));
      ASSERT_NE(found, seen.end()) << "draw " << i;
      ++found->second;
    }
    // Chi-squared with 161 degrees of freedom: mean 161, standard deviation 17.9.
    double chi_squared = 0;
    for (const auto& [pixels, count] : seen) chi_squared += std::pow(count - kMean, 2) / kMean;
    EXPECT_LT(chi_squared, 161 + 5 * 17.9);
    EXPECT_GT(chi_squared, 161 - 5 * 17.9);
  }
}

TEST(Crop, WithoutFlipNeverMirrors) {
  Image image = coordinates(1, {8, 8});
  const TransformOptions options{
      .kind = Kind::kCrop, .height = 8, .width = 8, .flip = false, .padding = 0};
  for (std::uint64_t i = 0; i < 100; ++i) {
    Random random(i);
    ASSERT_EQ(transformed(image, options, random), image);
  }
}

TEST(ResizedCrop, AreaAspectPlaceAndMirroringAreWithinTheirRanges) {
  constexpr double kSide = 200;
  const Image image = coordinates(3, {200, 200});
  const TransformOptions options{
      .kind = Kind::kResizedCrop, .height = 50, .width = 50, .flip = true};
  constexpr std::uint64_t kDraws = colcomb::tests::cases(2000);
  int mirrored_count = 0;
  int wide = 0;
  double least_area = 1;
  double most_area = 0;
  double centre_sum = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Random random = Random::stream(3, 4, i);
    const Image result = transformed(image, options, random);
    const auto at = [&](std::size_t c, std::size_t y, std::size_t x) {
      return static_cast<double>(result.pixels[(c * 50 + y) * 50 + x]);
    };
    // The picture's pixels are their own coordinates, so 30 output pixels well inside measure the
    // rectangle, to within a rounding at each end.
    const double across = (at(0, 25, 40) - at(0, 25, 10)) * 50 / 30;
    const double down = (at(1, 40, 25) - at(1, 10, 25)) * 50 / 30;
    mirrored_count += across < 0 ? 1 : 0;
    const double width = std::abs(across);
    const double area = width * down / (kSide * kSide);
    least_area = std::min(least_area, area);
    most_area = std::max(most_area, area);
    wide += width > down ? 1 : 0;
    centre_sum += (at(0, 25, 24) + at(0, 25, 25)) / 2;
    const double slack = 2.0 / 80;  // two levels on the smallest side
    ASSERT_GE(width / down, 0.75 * (1 - 2 * slack)) << i;
    ASSERT_LE(width / down, 4.0 / 3 * (1 + 2 * slack)) << i;
  }
  EXPECT_NEAR(least_area, 0.2, 0.02);
  EXPECT_NEAR(most_area, 1.0, 0.03);
  // Five standard deviations of a fair coin.
  const double root = std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(mirrored_count, kDraws / 2, 5 * root / 2);
  EXPECT_NEAR(wide, kDraws / 2, 5 * root / 2);
  // A centre lies within 58 of the middle (side at least 200 * sqrt(.2 * .75) = 77, so up to 62
  // off): standard deviation below 62 / sqrt(3) = 36.
  EXPECT_NEAR(centre_sum / kDraws, 99.5, 5 * 36 / root);
}

TEST(ResizedCrop, VeryWidePictureGivesTheLargestAllowedMiddle) {
  // Every allowed area needs more than 10 rows: sqrt(0.2 * 3000 * 3 / 4) = 21. So 10 x 13.
  Image image = blank_image(1, {10, 300});
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i % 300 / 2 + i / 300);
  Random random(1);
  EXPECT_EQ(transformed(image, {.kind = Kind::kResizedCrop, .height = 20, .width = 20}, random),
            resize(image, {0, 143, 10, 13}, {20, 20}));
}

TEST(CenterCrop, WithoutScalingIsTheMiddle) {
  // 7 / 0.875 = 8 is the shorter side already.
  const Image image = coordinates(2, {8, 12});
  Random random(1);
  EXPECT_EQ(transformed(image, {.kind = Kind::kCenterCrop, .height = 7, .width = 7}, random),
            crop(image, {0, 2, 7, 7}));
}

TEST(CenterCrop, ScalesTheShorterSide) {
  // 14 / 0.875 = 16: 40 x 32 becomes 20 x 16, of which rows 3 to 16 and columns 1 to 14 stay.
  const Image image = coordinates(2, {40, 32});
  Random random(1);
  EXPECT_EQ(transformed(image, {.kind = Kind::kCenterCrop, .height = 14, .width = 14}, random),
            crop(resize(image, {0, 0, 40, 32}, {20, 16}), {3, 1, 14, 14}));
}

TEST(CenterCrop, AwkwardSizesFit) {
  Random random(1);
  for (const ImageSize size : {ImageSize{1, 1}, {1, 50}, {331, 7}, {224, 224}}) {
    for (const ImageSize input : {ImageSize{1, 1}, {7, 3}, {32, 32}}) {
      const TransformOptions options{
          .kind = Kind::kCenterCrop, .height = input.height, .width = input.width};
      EXPECT_EQ(transformed(blank_image(1, size), options, random).size(), input);
    }
  }
}

TEST(Cutout, GreysOneSquareAnywhereOverTheBorderToo) {
  Image image = blank_image(2, {6, 6});
  const TransformOptions options{
      .kind = Kind::kPad, .height = 6, .width = 6, .flip = false, .cutout = 3};
  std::map<std::size_t, int> sizes;
  std::vector<int> hits(36);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const Image cut = transformed(image, options, random);
    std::size_t count = 0;
    for (std::size_t p = 0; p < 36; ++p) {
      EXPECT_EQ(cut.pixels[p], cut.pixels[36 + p]);
      EXPECT_TRUE(cut.pixels[p] == 0 || cut.pixels[p] == 128);
      count += cut.pixels[p] == 128 ? 1 : 0;
      hits[p] += cut.pixels[p] == 128 ? 1 : 0;
    }
    ++sizes[count];
  }
  // 3 x 3 inside, 2 x 3 at an edge, 2 x 2 in a corner.
  EXPECT_EQ(sizes.size(), 3U);
  EXPECT_TRUE(sizes.contains(9) && sizes.contains(6) && sizes.contains(4));
  EXPECT_GT(*std::min_element(hits.begin(), hits.end()), 20);
}

}  // namespace
}  // namespace colcomb::dataset::tests
