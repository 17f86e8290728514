#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tiling {

/// What the columns of some groups read around each output pixel.
struct ReadWindow {
  std::uint64_t channels = 0;  // distinct ones; 0: nothing is read
  std::int64_t least_dy = 0;
  std::int64_t most_dy = 0;

  bool operator==(const ReadWindow&) const = default;
};

/// Of groups [group_begin, group_begin + groups) of the layer.
[[nodiscard]] ReadWindow window_of(const QuantizedLayer& layer, const LayerDescription& description,
                                   std::size_t group_begin, std::size_t groups);

/// Bytes of the input map that words [word_begin, word_begin + words) of a batch read: the window's
/// channels times all pixels of the input rows from the first touched to the last, per image.
[[nodiscard]] std::uint64_t block_bytes(const ReadWindow& window,
                                        const LayerDescription& description,
                                        std::uint64_t word_begin, std::uint64_t words);

/// The largest b, 1 to `most`, for which every block of b words, the last one of `words` perhaps
/// shorter, satisfies fits(begin, length); 0 if there is none.
/// Requires: fits(0, b) never turns true again for larger b once it is false.
[[nodiscard]] std::uint64_t largest_block(
    std::uint64_t words, std::uint64_t most,
    const std::function<bool(std::uint64_t begin, std::uint64_t length)>& fits);

}  // namespace colcomb::tiling
