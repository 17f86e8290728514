#include "colcomb/tiling/blocks.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"

namespace colcomb::tiling {
namespace {

bool all_blocks_fit(std::uint64_t words, std::uint64_t block,
                    const std::function<bool(std::uint64_t, std::uint64_t)>& fits) {
  for (std::uint64_t begin = 0; begin < words; begin += block) {
    if (!fits(begin, std::min(block, words - begin))) return false;
  }
  return true;
}

/// Of the outputs 0 .. count - 1 of one axis, those whose input, i * stride + offset, is in the
/// map.
std::uint64_t inside(std::uint64_t count, std::uint64_t stride, std::int64_t offset,
                     std::uint64_t size) {
  const auto step = static_cast<std::int64_t>(stride);
  const auto outputs = static_cast<std::int64_t>(count);
  const std::int64_t first = offset < 0 ? (step - 1 - offset) / step : 0;
  const std::int64_t room = static_cast<std::int64_t>(size) - offset;
  const std::int64_t end = room <= 0 ? 0 : (room + step - 1) / step;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::min(outputs, end) - first));
}

/// words_inside() of the first `words` words of a batch.
std::uint64_t first_words_inside(const LayerDescription& description, std::int32_t dy,
                                 std::int32_t dx, std::uint64_t words) {
  const WordGrid words_of_image = description.words();
  const std::uint64_t width = words_of_image.width();
  const std::uint64_t height = words_of_image.height();
  const std::uint64_t pixels = height * width;
  const auto rows = [&](std::uint64_t count) {
    return inside(count, description.stride, dy, description.in_height);
  };
  const auto columns = [&](std::uint64_t count) {
    return inside(count, description.stride, dx, description.in_width);
  };
  const std::uint64_t rest = words % pixels;
  const std::uint64_t y = rest / width;
  const std::uint64_t in_last_row = rows(y + 1) > rows(y) ? columns(rest % width) : 0;
  return words / pixels * rows(height) * columns(width) + rows(y) * columns(width) + in_last_row;
}

}  // namespace

void widen(ReadWindow& window, const std::vector<std::uint32_t>& members,
           const LayerDescription& description) {
  for (const std::uint32_t m : members) {
    const Column& column = description.columns[m];
    window.least_dy = std::min<std::int64_t>(window.least_dy, column.dy);
    window.most_dy = std::max<std::int64_t>(window.most_dy, column.dy);
  }
}

ByteRange rows_read(const ReadWindow& window, const LayerDescription& description,
                    std::uint64_t word_begin, std::uint64_t words) {
  if (words == 0 || window.channels == 0) return {};
  const WordGrid words_of_image = description.words();
  const std::uint64_t width = words_of_image.width();
  const std::uint64_t pixels = words_of_image.words();
  const auto height = static_cast<std::int64_t>(description.in_height);
  const auto row_of = [&](std::uint64_t word) {
    return static_cast<std::int64_t>(word % pixels / width * description.stride);
  };
  const auto image_of = [&](std::uint64_t word) {
    return static_cast<std::int64_t>(word / pixels);
  };
  const std::uint64_t last_word = word_begin + words - 1;
  // Words below the map read nothing, so that a range may begin with the next image.
  const std::int64_t first =
      image_of(word_begin) * height +
      std::clamp<std::int64_t>(row_of(word_begin) + window.least_dy, 0, height);
  const std::int64_t last =
      image_of(last_word) * height + std::min(row_of(last_word) + window.most_dy, height - 1);
  if (last < first) return {};
  return {static_cast<std::uint64_t>(first) * description.in_width,
          static_cast<std::uint64_t>(last + 1) * description.in_width};
}

ByteRange whole_bursts(const ByteRange& range, const ArrayConfig& config) {
  const std::uint64_t burst = config.dram_burst_bytes;
  return {range.begin / burst * burst, ceil_divide(range.end, burst) * burst};
}

std::uint64_t burst_bytes(const ByteRange& range, const ArrayConfig& config) {
  if (range.empty()) return 0;
  const ByteRange bursts = whole_bursts(range, config);
  return bursts.end - bursts.begin;
}

std::uint64_t words_inside(const LayerDescription& description, std::int32_t dy, std::int32_t dx,
                           std::uint64_t word_begin, std::uint64_t words) {
  return first_words_inside(description, dy, dx, word_begin + words) -
         first_words_inside(description, dy, dx, word_begin);
}

std::uint64_t largest_block(
    std::uint64_t words, std::uint64_t unit,
    const std::function<bool(std::uint64_t begin, std::uint64_t length)>& fits) {
  // The first block, clipped at the map's upper edge, bounds b from above by bisection. Later
  // blocks may begin within a row and read more, so from there on b is tried unit by unit.
  std::uint64_t low = 0;
  std::uint64_t high = words;
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    if (fits(0, middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  if (low == words) return low;
  low -= low % unit;
  while (low > 0 && !all_blocks_fit(words, low, fits)) low -= unit;
  return low;
}

}  // namespace colcomb::tiling
