#pragma once

#include <cstdint>
#include <optional>

namespace colcomb {

/// What reads one plane: its words' shape, and which pixel each of them reads. A plane holds the
/// images of a batch one after the other, each row-major.
struct PlaneReader {
  std::uint64_t in_height = 0;  // of the map that is read
  std::uint64_t in_width = 0;
  std::uint64_t out_height = 0;  // words of one image
  std::uint64_t out_width = 0;
  std::uint64_t stride = 1;
  std::int64_t dy =
      0;  // word (y, x) reads pixel (y * stride + dy, x * stride + dx) if there is one
  std::int64_t dx = 0;
};

/// The first and the last byte of a plane that words read.
struct Footprint {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool operator==(const Footprint&) const = default;
};

/// Of the words [word_begin, word_begin + words); nothing if none of them has a pixel to read.
/// Takes the same time for any number of words, since later words read later pixels. Requires:
/// sizes and stride of 1 to 2^20, offsets within +-2^20, words and bytes below 2^62.
[[nodiscard]] std::optional<Footprint> footprint(const PlaneReader& reader,
                                                 std::uint64_t word_begin, std::uint64_t words);

}  // namespace colcomb
