#include "colcomb/dataset/test_files.hpp"

#include <turbojpeg.h>
#include <zlib.h>

#include <fstream>
#include <memory>

namespace colcomb::dataset::tests {
namespace {

void append_word(Octets& octets, std::uint64_t word) {
  for (const int shift : {24, 16, 8, 0}) octets.push_back(static_cast<std::uint8_t>(word >> shift));
}

void append_chunk(Octets& file, const std::string& type, const Octets& data) {
  append_word(file, data.size());
  Octets checked(type.begin(), type.end());
  checked.insert(checked.end(), data.begin(), data.end());
  file.insert(file.end(), checked.begin(), checked.end());
  append_word(file, crc32(0, checked.data(), static_cast<uInt>(checked.size())));
}

}  // namespace

void put(const std::filesystem::path& path, const Octets& content) {
  std::filesystem::create_directories(path.parent_path());
  // Not write_file_atomically: its fsync makes thousands of damaged files slow.
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  ASSERT_TRUE(stream.flush()) << path;
}

void put(const std::filesystem::path& path, const std::string& content) {
  put(path, Octets(content.begin(), content.end()));
}

void put_gzipped(const std::filesystem::path& path, const Octets& content) {
  std::filesystem::create_directories(path.parent_path());
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())),
            static_cast<int>(content.size()));
  ASSERT_EQ(gzclose(file), Z_OK);
}

Octets idx(std::initializer_list<std::uint32_t> header, const Octets& data) {
  Octets file;
  for (const std::uint32_t word : header) append_word(file, word);
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

Octets ramp(std::size_t count, std::size_t start) {
  Octets result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<std::uint8_t>(start + 13 * i);
  return result;
}

Octets png(std::size_t height, std::size_t width, PngColour colour, std::uint8_t bit_depth,
           const Octets& rows) {
  Octets file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Octets header;
  append_word(header, width);
  append_word(header, height);
  for (const std::uint8_t field : {bit_depth, static_cast<std::uint8_t>(colour), std::uint8_t{0},
                                   std::uint8_t{0}, std::uint8_t{0}})
    header.push_back(field);
  append_chunk(file, "IHDR", header);
  Octets filtered;
  const std::size_t stride = height == 0 ? 0 : rows.size() / height;
  for (std::size_t y = 0; y < height; ++y) {
    filtered.push_back(0);  // no filter
    for (std::size_t i = 0; i < stride; ++i) filtered.push_back(rows[y * stride + i]);
  }
  uLongf size = compressBound(filtered.size());
  Octets compressed(size);
  EXPECT_EQ(compress(compressed.data(), &size, filtered.data(), filtered.size()), Z_OK);
  compressed.resize(size);
  append_chunk(file, "IDAT", compressed);
  append_chunk(file, "IEND", {});
  return file;
}

Octets jpeg(std::size_t height, std::size_t width, const Octets& colour) {
  Octets samples;
  for (std::size_t i = 0; i < height * width; ++i)
    samples.insert(samples.end(), colour.begin(), colour.end());
  const TJPF format = colour.size() == 1 ? TJPF_GRAY : (colour.size() == 3 ? TJPF_RGB : TJPF_CMYK);
  const std::unique_ptr<void, int (*)(void*)> coder(tjInitCompress(), &tjDestroy);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(
      tjCompress2(coder.get(), samples.data(), static_cast<int>(width), 0, static_cast<int>(height),
                  format, &buffer, &size, colour.size() == 1 ? TJSAMP_GRAY : TJSAMP_444, 100, 0),
      0);
  Octets file(buffer, buffer + size);
  tjFree(buffer);
  return file;
}

Image coordinates(std::size_t channels, ImageSize size) {
  Image image = blank_image(channels, size);
  const std::size_t plane = size.height * size.width;
  for (std::size_t i = 0; i < plane; ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(i % size.width);
    if (channels > 1) image.pixels[plane + i] = static_cast<std::uint8_t>(i / size.width);
  }
  return image;
}

}  // namespace colcomb::dataset::tests
