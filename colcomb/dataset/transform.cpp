#include "colcomb/dataset/transform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/resize.hpp"

namespace colcomb::dataset {
namespace {

/// A window of `size` on an endless black plane that holds the image; the window's corner is at
/// (top, left) in the image's coordinates.
Image window(const Image& image, std::ptrdiff_t top, std::ptrdiff_t left, ImageSize size) {
  Image result = blank_image(image.channels, size);
  const auto height = static_cast<std::ptrdiff_t>(image.height);
  const auto width = static_cast<std::ptrdiff_t>(image.width);
  const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, -left);
  const std::ptrdiff_t last = std::min(static_cast<std::ptrdiff_t>(size.width), width - left);
  if (first >= last) return result;
  for (std::size_t c = 0; c < image.channels; ++c) {
    for (std::size_t y = 0; y < size.height; ++y) {
      const std::ptrdiff_t from = top + static_cast<std::ptrdiff_t>(y);
      if (from < 0 || from >= height) continue;
      const auto* row =
          &image.pixels[(c * image.height + static_cast<std::size_t>(from)) * image.width];
      std::copy(row + left + first, row + left + last,
                &result.pixels[(c * size.height + y) * size.width] + first);
    }
  }
  return result;
}

/// Offset of a picture's first row or column when it is centred in the input.
std::ptrdiff_t centred(std::size_t input, std::size_t image) {
  return static_cast<std::ptrdiff_t>((input - image) / 2);
}

std::size_t rounded(double value) {
  return static_cast<std::size_t>(std::llround(value));
}

struct Corner {
  std::ptrdiff_t top, left;
};

/// The window's corner in the picture's coordinates, under kPad or kCrop.
Corner draw_corner(ImageSize picture, const TransformOptions& options, Random& random) {
  if (picture.height > options.height || picture.width > options.width) {
    throw option_error("data.input_size", fmt::format("{} x {}", options.height, options.width),
                       fmt::format("must be at least the size of the data set's images, {} x {}",
                                   picture.height, picture.width));
  }
  std::ptrdiff_t top = -centred(options.height, picture.height);
  std::ptrdiff_t left = -centred(options.width, picture.width);
  if (options.kind == TransformOptions::Kind::kCrop) {
    const auto padding = static_cast<std::ptrdiff_t>(options.padding);
    top += static_cast<std::ptrdiff_t>(random.below(2 * options.padding + 1)) - padding;
    left += static_cast<std::ptrdiff_t>(random.below(2 * options.padding + 1)) - padding;
  }
  return {top, left};
}

Image padded_window(const Image& image, const TransformOptions& options, Random& random) {
  const auto [top, left] = draw_corner(image.size(), options, random);
  return window(image, top, left, {options.height, options.width});
}

bool draw_mirrored(const TransformOptions& options, Random& random) {
  return options.flip && random.below(2) == 1;
}

Region random_region(const Image& image, const TransformOptions& options, Random& random) {
  const auto height = static_cast<double>(image.height);
  const auto width = static_cast<double>(image.width);
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i) {
    const double area =
        height * width * (options.least_area + (1 - options.least_area) * random.uniform());
    // Uniform in the logarithm, so that wide and tall are equally likely.
    const double aspect = std::exp(std::log(options.least_aspect) * (1 - 2 * random.uniform()));
    const std::size_t h = rounded(std::sqrt(area / aspect));
    const std::size_t w = rounded(std::sqrt(area * aspect));
    if (h == 0 || w == 0 || h > image.height || w > image.width) continue;
    const std::size_t top = random.below(image.height - h + 1);
    return {top, random.below(image.width - w + 1), h, w};
  }
  // Very wide or tall pictures: the largest allowed rectangle in the middle.
  const double widest = height / options.least_aspect;
  const double tallest = width / options.least_aspect;
  const std::size_t w = std::clamp<std::size_t>(rounded(widest), 1, image.width);
  const std::size_t h = std::clamp<std::size_t>(rounded(tallest), 1, image.height);
  return {(image.height - h) / 2, (image.width - w) / 2, h, w};
}

Image center_crop(const Image& image, const TransformOptions& options) {
  const std::size_t target =
      rounded(static_cast<double>(std::max(options.height, options.width)) / options.kept);
  const double scale =
      static_cast<double>(target) / static_cast<double>(std::min(image.height, image.width));
  const ImageSize size{rounded(static_cast<double>(image.height) * scale),
                       rounded(static_cast<double>(image.width) * scale)};
  const Image scaled = resize(image, {0, 0, image.height, image.width}, size);
  return crop(scaled, {(size.height - options.height) / 2, (size.width - options.width) / 2,
                       options.height, options.width});
}

/// The square's centre is any pixel alike.
Area draw_cut(ImageSize input, const TransformOptions& options, Random& random) {
  if (options.cutout == 0) return {};
  const auto range = [&](std::size_t size) {
    const std::size_t centre = random.below(size);
    const std::size_t before = options.cutout / 2;
    return std::pair{centre - std::min(centre, before),
                     std::min(size, centre + options.cutout - before)};
  };
  const auto [top, bottom] = range(input.height);
  const auto [left, right] = range(input.width);
  return {top, bottom, left, right};
}

void cover(Image& image, const Area& area) {
  constexpr std::uint8_t kGrey = 128;
  for (std::size_t c = 0; c < image.channels; ++c) {
    for (std::size_t y = area.top; y < area.bottom; ++y) {
      auto* const row = &image.pixels[(c * image.height + y) * image.width];
      std::fill(row + area.left, row + area.right, kGrey);
    }
  }
}

}  // namespace

TransformOptions transform_for(const std::string& dataset, ImageSize input, bool training,
                               bool augment) {
  if (input.height == 0 || input.width == 0) {
    throw option_error("data.input_size", fmt::format("{} x {}", input.height, input.width),
                       "must be at least 1 x 1");
  }
  const Pictures pictures = catalogue_entry(dataset).pictures;
  const bool random = training && augment;
  using Kind = TransformOptions::Kind;
  TransformOptions options;
  options.height = input.height;
  options.width = input.width;
  options.flip = random && pictures != Pictures::kDigits;
  if (pictures == Pictures::kLarge)
    options.kind = random ? Kind::kResizedCrop : Kind::kCenterCrop;
  else
    options.kind = random ? Kind::kCrop : Kind::kPad;
  return options;
}

Image transformed(const Image& image, const TransformOptions& options, Random& random) {
  COLCOMB_CHECK(image.height > 0 && image.width > 0, "empty picture");
  COLCOMB_CHECK(options.height > 0 && options.width > 0, "empty input");
  const auto placed = [&] {
    switch (options.kind) {
      case TransformOptions::Kind::kPad:
      case TransformOptions::Kind::kCrop:
        return padded_window(image, options, random);
      case TransformOptions::Kind::kResizedCrop:
        return resize(image, random_region(image, options, random),
                      {options.height, options.width});
      case TransformOptions::Kind::kCenterCrop:
        return center_crop(image, options);
    }
    COLCOMB_CHECK(false, "unknown transformation");
  };
  Image result = placed();
  if (draw_mirrored(options, random)) result = mirrored(result);
  cover(result, draw_cut(result.size(), options, random));
  return result;
}

bool is_window(const TransformOptions& options) {
  return options.kind == TransformOptions::Kind::kPad ||
         options.kind == TransformOptions::Kind::kCrop;
}

Placement draw_placement(ImageSize picture, const TransformOptions& options, Random& random) {
  COLCOMB_CHECK(is_window(options), "a scaled picture has no placement");
  const auto [top, left] = draw_corner(picture, options, random);
  const bool mirrors = draw_mirrored(options, random);
  return {top, left, mirrors, draw_cut({options.height, options.width}, options, random)};
}

}  // namespace colcomb::dataset
