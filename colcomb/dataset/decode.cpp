#include "colcomb/dataset/decode.hpp"

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;
using Samples = std::vector<std::uint8_t>;

constexpr std::uint64_t kMostPixels = 100'000'000;  // a damaged header must not exhaust memory

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

void check_size(const fs::path& path, std::uint64_t height, std::uint64_t width) {
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

/// True if the header carries Adobe's marker (APP14), whose writers store inks inverted.
bool has_adobe_marker(const Bytes& content) {
  const auto at = [&content](std::size_t i) { return std::to_integer<unsigned>(content[i]); };
  constexpr unsigned kApp14 = 0xee;
  constexpr unsigned kStartOfScan = 0xda;
  constexpr std::string_view kName = "Adobe";
  for (std::size_t i = 2; i + 4 + kName.size() <= content.size() && at(i) == 0xff;) {
    if (at(i + 1) == kStartOfScan) return false;
    if (at(i + 1) == kApp14 &&
        std::equal(kName.begin(), kName.end(), content.begin() + static_cast<std::ptrdiff_t>(i) + 4,
                   [](char c, std::byte b) { return static_cast<std::byte>(c) == b; }))
      return true;
    i += 2 + at(i + 2) * 256 + at(i + 3);
  }
  return false;
}

Samples rgb_of_inverted_cmyk(const Samples& cmyk) {
  Samples rgb;
  rgb.reserve(cmyk.size() / 4 * 3);
  for (std::size_t i = 0; i + 3 < cmyk.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c)
      rgb.push_back(static_cast<std::uint8_t>((cmyk[i + c] * cmyk[i + 3] + 127) / 255));
  return rgb;
}

Image decode_jpeg(const fs::path& path, const Bytes& content) {
  const std::unique_ptr<void, int (*)(void*)> decoder(tjInitDecompress(), &tjDestroy);
  if (!decoder) throw failure(path.string(), "the JPEG decoder does not start");
  const auto refuse = [&]() -> UserError {
    return file_error(path.string(), "JPEG data", "",
                      std::string("are damaged: ") + tjGetErrorStr2(decoder.get()));
  };
  const auto* data = reinterpret_cast<const unsigned char*>(content.data());
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int space = 0;
  if (tjDecompressHeader3(decoder.get(), data, content.size(), &width, &height, &subsampling,
                          &space) != 0)
    throw refuse();
  // A file that ends before its frame header passes for one of tables alone, of no size.
  if (height <= 0 || width <= 0)
    throw file_error(path.string(), "JPEG data", "", "are damaged: no picture is in them");
  check_size(path, static_cast<std::uint64_t>(height), static_cast<std::uint64_t>(width));
  const bool inks = space == TJCS_CMYK || space == TJCS_YCCK;
  if (inks && !has_adobe_marker(content)) {
    throw file_error(path.string(), "colour space", "CMYK without Adobe's marker",
                     "cannot be converted: ink polarity unknown; convert the file to RGB");
  }
  const TJPF format = inks ? TJPF_CMYK : TJPF_RGB;
  Samples samples(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                  (inks ? 4 : 3));
  // A warning (a truncated scan, say) also gives -1; the grey rest of such a picture is no data.
  if (tjDecompress2(decoder.get(), data, content.size(), samples.data(), width, 0, height, format,
                    TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) != 0)
    throw refuse();
  return planar(inks ? rgb_of_inverted_cmyk(samples) : samples, static_cast<std::size_t>(height),
                static_cast<std::size_t>(width));
}

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
  check_size(path, header.height, header.width);
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
