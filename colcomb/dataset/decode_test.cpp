#include "colcomb/dataset/decode.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

namespace fs = std::filesystem;
using colcomb::tests::TemporaryFolder;

Octets cut(const Octets& whole, std::size_t size) {
  return {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
}

class Decode : public ::testing::Test {
 protected:
  Image decode(const Octets& content) {
    put(file_, content);
    return decode_image(file_);
  }
  UserError::Parts error(const Octets& content) {
    const auto parts = error_of([&] { (void)decode(content); });
    EXPECT_EQ(parts.where, file_.string());
    return parts;
  }
  static void expect_uniform(const Image& image, std::size_t height, std::size_t width,
                             const std::array<int, 3>& rgb, int tolerance) {
    ASSERT_EQ(image.size(), (ImageSize{height, width}));
    ASSERT_EQ(image.pixels.size(), 3 * height * width);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      ASSERT_NEAR(image.pixels[i], rgb[i / (height * width)], tolerance) << i;
  }

  TemporaryFolder folder_;
  fs::path file_ = folder_ / "picture";
};

TEST_F(Decode, PngRgbExactly) {
  // Two rows of three pixels; by hand from interleaved to planar.
  const Octets rows{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  EXPECT_EQ(decode(png(2, 3, PngColour::kRgb, 8, rows)),
            (Image{3, 2, 3, {1, 4, 7, 10, 13, 16, 2, 5, 8, 11, 14, 17, 3, 6, 9, 12, 15, 18}}));
}

TEST_F(Decode, PngGreyIsRepeated) {
  EXPECT_EQ(decode(png(1, 2, PngColour::kGrey, 8, {5, 200})),
            (Image{3, 1, 2, {5, 200, 5, 200, 5, 200}}));
}

TEST_F(Decode, PngSixteenBitsAreScaledNotTakenForLinear) {
  // v * 257 is the 16-bit sample of the 8-bit sample v.
  EXPECT_EQ(decode(png(1, 1, PngColour::kRgb, 16, {10, 10, 128, 128, 250, 250})),
            (Image{3, 1, 1, {10, 128, 250}}));
}

TEST_F(Decode, PngTransparencyShowsWhite) {
  EXPECT_EQ(decode(png(1, 2, PngColour::kRgba, 8, {10, 20, 30, 255, 10, 20, 30, 0})),
            (Image{3, 1, 2, {10, 255, 20, 255, 30, 255}}));
  EXPECT_EQ(decode(png(1, 2, PngColour::kGreyAlpha, 8, {10, 255, 10, 0})),
            (Image{3, 1, 2, {10, 255, 10, 255, 10, 255}}));
}

TEST_F(Decode, JpegOfOneColour) {
  expect_uniform(decode(jpeg(9, 17, {200, 30, 90})), 9, 17, {200, 30, 90}, 2);
  expect_uniform(decode(jpeg(5, 3, {77})), 5, 3, {77, 77, 77}, 1);
}

TEST_F(Decode, AdobeCmykIsConverted) {
  // Inverted inks: R = C * K / 255.
  expect_uniform(decode(jpeg(8, 8, {200, 100, 50, 255})), 8, 8, {200, 100, 50}, 3);
  expect_uniform(decode(jpeg(8, 8, {200, 100, 50, 51})), 8, 8, {40, 20, 10}, 3);
}

TEST_F(Decode, CmykOfUnknownPolarityIsRefused) {
  Octets content = jpeg(8, 8, {200, 100, 50, 255});
  const std::string name = "Adobe";
  const auto marker = std::search(content.begin(), content.end(), name.begin(), name.end());
  ASSERT_NE(marker, content.end());
  *marker = 'X';
  EXPECT_EQ(error(content).field, "colour space");
}

TEST_F(Decode, EveryTruncationOfAPngIsAnError) {
  const Octets whole = png(2, 3, PngColour::kRgb, 8, ramp(18));
  for (std::size_t size = 0; size < whole.size(); ++size) (void)error(cut(whole, size));
}

TEST_F(Decode, EveryTruncationOfAJpegIsAnError) {
  const Octets whole = jpeg(16, 16, {200, 30, 90});
  for (std::size_t size = 0; size < whole.size(); ++size) (void)error(cut(whole, size));
}

/// Where the end-of-image marker (ff d9) begins.
std::ptrdiff_t end_marker(const Octets& file) {
  return static_cast<std::ptrdiff_t>(file.size()) - 2;
}

TEST_F(Decode, WarningsThatLoseNoPictureAreNoErrors) {
  const Octets whole = jpeg(16, 16, {200, 30, 90});
  const Image picture = decode(whole);
  Octets padded = whole;  // five bytes more before the end: all rows are there
  const Octets five{1, 2, 3, 4, 5};
  padded.insert(padded.begin() + end_marker(padded), five.begin(), five.end());
  EXPECT_EQ(decode(padded), picture);

  Octets newer =
      whole;  // a JFIF header of version 9.01: marker, length, "JFIF", 0, then the version
  const std::string name = "JFIF";
  const auto header = std::search(newer.begin(), newer.end(), name.begin(), name.end());
  ASSERT_NE(header, newer.end());
  *(header + 5) = 9;
  EXPECT_EQ(decode(newer), picture);
}

TEST_F(Decode, DamageBeforeAHarmlessWarningIsStillAnError) {
  // A second row of blocks is announced, but the data end with the first.
  Octets content = jpeg(8, 8, {200, 30, 90});
  // Start of frame: marker, length (2), precision (1), height (2).
  const Octets frame{0xff, 0xc0};
  const auto start = std::search(content.begin(), content.end(), frame.begin(), frame.end());
  ASSERT_NE(start, content.end());
  *(start + 6) = 16;
  // The segment of a comment (marker, length) ends the data; what follows is passed over.
  const Octets tail{0xff, 0xfe, 0, 2, 1, 2, 3, 4, 5};
  content.insert(content.begin() + end_marker(content), tail.begin(), tail.end());
  const auto parts = error(content);
  EXPECT_EQ(parts.field, "JPEG data");
  EXPECT_EQ(parts.rule, "are damaged: Corrupt JPEG data: premature end of data segment");
}

TEST_F(Decode, FlippedPngBytesGiveAnErrorOrTheSamePicture) {
  const Octets whole = png(2, 3, PngColour::kRgb, 8, ramp(18));
  const Image picture = decode(whole);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Octets flipped = whole;
    flipped[i] ^= 0x10;
    put(file_, flipped);
    try {
      EXPECT_EQ(decode_image(file_), picture) << "byte " << i;
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().where, file_.string());
      ++refused;
    }
  }
  EXPECT_GE(refused, whole.size() / 2);
}

TEST_F(Decode, FlippedJpegBytesNeverCrash) {
  const Octets whole = jpeg(16, 16, {200, 30, 90});
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Octets flipped = whole;
    flipped[i] ^= 0x10;
    put(file_, flipped);
    try {
      EXPECT_EQ(decode_image(file_).channels, 3U);
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().where, file_.string());
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST_F(Decode, GarbageAndEmptyFiles) {
  EXPECT_EQ(error({'G', 'I', 'F', '8', '9', 'a'}).value, "47 49 46 38");
  EXPECT_EQ(error({}).value, "none: the file is empty");
  EXPECT_EQ(error({0xff, 0xd8, 1, 2, 3, 4}).field, "JPEG data");
  EXPECT_EQ(error({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3, 4}).field, "PNG data");
  EXPECT_EQ(error_of([&] { (void)decode_image(folder_ / "none"); }).where,
            (folder_ / "none").string());
}

TEST_F(Decode, HugeHeaderIsRefusedBeforeMemoryIsTaken) {
  EXPECT_EQ(error(png(20'000, 20'000, PngColour::kGrey, 8, {})).value, "20000 x 20000");
  (void)error(png(0, 0, PngColour::kGrey, 8, {}));
}

}  // namespace
}  // namespace colcomb::dataset::tests
