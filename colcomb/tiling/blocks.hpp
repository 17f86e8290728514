#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tiling {

/// What the columns of some groups read around each output pixel.
struct ReadWindow {
  std::uint64_t channels = 0;  // distinct ones; 0: nothing is read
  std::int64_t least_dy = 0;   // the smallest of the offsets
  std::int64_t most_dy = 0;    // the largest

  bool operator==(const ReadWindow&) const = default;
};

/// Adds the columns of group `members` to `window`, but for its channels.
void widen(ReadWindow& window, const std::vector<std::uint32_t>& members,
           const LayerDescription& description);

/// Consecutive bytes of a plane; the plane of a channel holds the batch's images one after the
/// other, each row-major.
struct ByteRange {
  std::uint64_t begin = 0;  // the first
  std::uint64_t end = 0;    // behind the last

  /// Whether it holds no byte.
  [[nodiscard]] bool empty() const { return begin >= end; }
  bool operator==(const ByteRange&) const = default;
};

/// From the first input row that words [word_begin, word_begin + words) of a batch read to the
/// last, of whole rows; rows that no word reads may lie between where the words are of several
/// images.
[[nodiscard]] ByteRange rows_read(const ReadWindow& window, const LayerDescription& description,
                                  std::uint64_t word_begin, std::uint64_t words);

/// The bursts of DRAM that hold a range of a plane, as bytes. Planes begin with a burst.
[[nodiscard]] ByteRange whole_bursts(const ByteRange& range, const ArrayConfig& config);
[[nodiscard]] std::uint64_t burst_bytes(const ByteRange& range, const ArrayConfig& config);

/// Of the words [word_begin, word_begin + words) of a batch, those for which the column offset
/// (dy, dx) lies inside the input map.
[[nodiscard]] std::uint64_t words_inside(const LayerDescription& description, std::int32_t dy,
                                         std::int32_t dx, std::uint64_t word_begin,
                                         std::uint64_t words);

/// The largest b, a multiple of `unit` or `words` itself, for which every block of b words, the
/// last one of `words` perhaps shorter, satisfies fits(begin, length); 0 if there is none.
/// Requires: fits(0, b) never turns true again for larger b once it is false.
[[nodiscard]] std::uint64_t largest_block(
    std::uint64_t words, std::uint64_t unit,
    const std::function<bool(std::uint64_t begin, std::uint64_t length)>& fits);

}  // namespace colcomb::tiling
