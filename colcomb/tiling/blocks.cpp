#include "colcomb/tiling/blocks.hpp"

#include <algorithm>
#include <set>

namespace colcomb::tiling {
namespace {

/// Input rows that output pixels [first, last] of one image touch.
std::uint64_t rows_touched(const ReadWindow& window, const LayerDescription& description,
                           std::uint64_t first, std::uint64_t last) {
  const auto row_of = [&description](std::uint64_t pixel) {
    return static_cast<std::int64_t>(pixel / description.out_width() * description.stride);
  };
  const std::int64_t low = std::max<std::int64_t>(row_of(first) + window.least_dy, 0);
  const std::int64_t high =
      std::min(row_of(last) + window.most_dy, static_cast<std::int64_t>(description.in_height) - 1);
  return high < low ? 0 : static_cast<std::uint64_t>(high - low + 1);
}

bool all_blocks_fit(std::uint64_t words, std::uint64_t block,
                    const std::function<bool(std::uint64_t, std::uint64_t)>& fits) {
  for (std::uint64_t begin = 0; begin < words; begin += block) {
    if (!fits(begin, std::min(block, words - begin))) return false;
  }
  return true;
}

}  // namespace

ReadWindow window_of(const QuantizedLayer& layer, const LayerDescription& description,
                     std::size_t group_begin, std::size_t groups) {
  std::set<std::int32_t> channels;
  ReadWindow window;
  for (std::size_t g = group_begin; g < group_begin + groups; ++g) {
    for (const std::uint32_t m : layer.weights.groups.groups[g]) {
      const Column& column = description.columns[m];
      const bool first = channels.empty();
      window.least_dy = first ? column.dy : std::min<std::int64_t>(window.least_dy, column.dy);
      window.most_dy = first ? column.dy : std::max<std::int64_t>(window.most_dy, column.dy);
      channels.insert(column.channel);
    }
  }
  window.channels = channels.size();
  return window;
}

std::uint64_t block_bytes(const ReadWindow& window, const LayerDescription& description,
                          std::uint64_t word_begin, std::uint64_t words) {
  if (words == 0) return 0;
  const std::uint64_t pixels = description.out_height() * description.out_width();
  const std::uint64_t last_word = word_begin + words - 1;
  const std::uint64_t first_image = word_begin / pixels;
  const std::uint64_t last_image = last_word / pixels;
  const auto rows = [&](std::uint64_t first, std::uint64_t last) {
    return rows_touched(window, description, first, last);
  };
  std::uint64_t touched = 0;
  if (first_image == last_image) {
    touched = rows(word_begin % pixels, last_word % pixels);
  } else {
    touched = rows(word_begin % pixels, pixels - 1) + rows(0, last_word % pixels) +
              (last_image - first_image - 1) * rows(0, pixels - 1);
  }
  return window.channels * touched * description.in_width;
}

std::uint64_t largest_block(
    std::uint64_t words, std::uint64_t most,
    const std::function<bool(std::uint64_t begin, std::uint64_t length)>& fits) {
  // The first block, clipped at the map's upper edge, bounds b from above by bisection. Later
  // blocks may begin within a row and read more, so from there on b is tried one by one.
  std::uint64_t low = 0;
  std::uint64_t high = std::min(words, most);
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    if (fits(0, middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > 0 && !all_blocks_fit(words, low, fits)) --low;
  return low;
}

}  // namespace colcomb::tiling
