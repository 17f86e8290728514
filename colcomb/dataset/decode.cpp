#include "colcomb/dataset/decode.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/dataset/decode_formats.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostPixels = 100'000'000;

template <std::size_t N>
constexpr std::array<std::byte, N> bytes(const std::array<unsigned, N>& values) {
  std::array<std::byte, N> result{};
  std::transform(values.begin(), values.end(), result.begin(),
                 [](unsigned v) { return static_cast<std::byte>(v); });
  return result;
}

constexpr auto kJpegStart = bytes(std::array{0xffU, 0xd8U});
constexpr auto kPngStart =
    bytes(std::array{0x89U, 0x50U, 0x4eU, 0x47U, 0x0dU, 0x0aU, 0x1aU, 0x0aU});
constexpr auto kPngEnd =
    bytes(std::array{0U, 0U, 0U, 0U, 0x49U, 0x45U, 0x4eU, 0x44U, 0xaeU, 0x42U, 0x60U, 0x82U});

Image decode_png(const fs::path& path, const Bytes& content) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> release(&header, &png_image_free);
  const auto refuse = [&]() -> UserError {
    return file_error(path.string(), "PNG data", "", std::string("are damaged: ") + header.message);
  };
  // libpng stops reading after the last row, before it could miss the end.
  if (content.size() < kPngEnd.size() ||
      !std::equal(kPngEnd.rbegin(), kPngEnd.rend(), content.rbegin())) {
    throw file_error(path.string(), "PNG data", "",
                     "are damaged: the file does not end with the IEND chunk");
  }
  if (png_image_begin_read_from_memory(&header, content.data(), content.size()) == 0)
    throw refuse();
  require_decodable_size(path, header.height, header.width);
  header.format = PNG_FORMAT_RGB;
  header.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // else libpng takes 16-bit samples for linear light
  Samples samples(PNG_IMAGE_SIZE(header));
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&header, &white, samples.data(), 0, nullptr) == 0) throw refuse();
  return planar(samples, header.height, header.width);
}

template <std::size_t N>
bool starts_with(const Bytes& content, const std::array<std::byte, N>& start) {
  return content.size() >= N && std::equal(start.begin(), start.end(), content.begin());
}

}  // namespace

void require_decodable_size(const fs::path& path, std::uint64_t height, std::uint64_t width) {
  if (height == 0 || width == 0 || height * width > kMostPixels) {
    throw file_error(path.string(), "size", fmt::format("{} x {}", height, width),
                     fmt::format("must be 1 to {} pixels", kMostPixels));
  }
}

Image planar(const Samples& interleaved, std::size_t height, std::size_t width) {
  Image image = blank_image(3, {height, width});
  const std::size_t plane = height * width;
  for (std::size_t i = 0; i < plane; ++i)
    for (std::size_t c = 0; c < 3; ++c) image.pixels[c * plane + i] = interleaved[i * 3 + c];
  return image;
}

void require_decoders(const fs::path&) {}

Image decode_image(const fs::path& path) {
  const Bytes content = read_file(path);
  if (starts_with(content, kJpegStart)) return decode_jpeg(path, content);
  if (starts_with(content, kPngStart)) return decode_png(path, content);
  std::string found;
  for (std::size_t i = 0; i < std::min<std::size_t>(content.size(), 4); ++i)
    found += fmt::format("{}{:02x}", i == 0 ? "" : " ", std::to_integer<unsigned>(content[i]));
  throw file_error(path.string(), "first bytes", found.empty() ? "none: the file is empty" : found,
                   "must be a JPEG's (ff d8) or a PNG's (89 50 4e 47)");
}

}  // namespace colcomb::dataset
