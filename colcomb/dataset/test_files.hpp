#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/dataset/image.hpp"

// Writers of small data-set files for the room's tests, independent of the readers.
namespace colcomb::dataset::tests {

using Octets = std::vector<std::uint8_t>;

/// Writes a file, making its folders.
void put(const std::filesystem::path& path, const Octets& content);
void put(const std::filesystem::path& path, const std::string& content);
void put_gzipped(const std::filesystem::path& path, const Octets& content);

/// Header of 32-bit big-endian words, then data.
[[nodiscard]] Octets idx(std::initializer_list<std::uint32_t> header, const Octets& data);

/// `count` bytes 7, 20, 33, ... modulo 256, from `start` on.
[[nodiscard]] Octets ramp(std::size_t count, std::size_t start = 7);

enum class PngColour : std::uint8_t { kGrey = 0, kRgb = 2, kGreyAlpha = 4, kRgba = 6 };

/// PNG file of raw rows (without filter bytes; 16-bit samples big-endian).
[[nodiscard]] Octets png(std::size_t height, std::size_t width, PngColour colour,
                         std::uint8_t bit_depth, const Octets& rows);

/// JPEG file of one colour at quality 100: RGB (3 samples), grey (1) or inverted CMYK (4).
[[nodiscard]] Octets jpeg(std::size_t height, std::size_t width, const Octets& colour);

/// Picture whose first channel is the column and second the row (both modulo 256), the third 0.
[[nodiscard]] Image coordinates(std::size_t channels, ImageSize size);

/// Parts of the UserError that `action` throws; the test fails if it throws none.
template <class Action>
UserError::Parts error_of(Action&& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.parts();
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

}  // namespace colcomb::dataset::tests
