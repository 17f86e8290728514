#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace colcomb {

enum class PoolingKind : std::uint8_t {
  kMax,
  kMean,
};
[[nodiscard]] constexpr const char* name_of(PoolingKind kind) {
  return kind == PoolingKind::kMax ? "max" : "mean";
}

/// Windows along one side of a map: window o covers pixels first(o) to last(o), of which those
/// below 0 or behind the map are padding.
struct PoolingSide {
  std::size_t kernel = 1;   // pixels of a window
  std::size_t stride = 1;   // pixels from window to window
  std::size_t padding = 0;  // before the map, below kernel
  std::size_t out = 1;      // windows

  /// First pixel of window o, below 0 where it is padding.
  [[nodiscard]] std::ptrdiff_t first(std::size_t o) const {
    return static_cast<std::ptrdiff_t>(o * stride) - static_cast<std::ptrdiff_t>(padding);
  }
  /// Last pixel of window o.
  [[nodiscard]] std::size_t last(std::size_t o) const { return o * stride + kernel - 1 - padding; }
  /// The pixels of window o that lie in a map of `size` pixels: [begin, end).
  [[nodiscard]] std::size_t begin(std::size_t o) const {
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(first(o), 0));
  }
  /// Behind the last pixel of window o in a map of `size` pixels.
  [[nodiscard]] std::size_t end(std::size_t o, std::size_t size) const {
    return std::min(last(o) + 1, size);
  }
  /// The windows that hold pixel p: [first_with(p), end_with(p)).
  [[nodiscard]] std::size_t first_with(std::size_t p) const { return complete_before(p); }
  /// Behind the last window that holds pixel p.
  [[nodiscard]] std::size_t end_with(std::size_t p) const {
    return std::min(out, (p + padding) / stride + 1);
  }
  /// The most windows that one pixel lies in.
  [[nodiscard]] std::size_t overlap() const {
    return std::min(out, (kernel + stride - 1) / stride);
  }
  /// Windows whose last pixel lies before pixel p.
  [[nodiscard]] std::size_t complete_before(std::size_t p) const {
    return p <= last(0) ? 0 : std::min(out, (p - 1 - last(0)) / stride + 1);
  }
  /// The window whose last pixel is p.
  [[nodiscard]] std::optional<std::size_t> completed_by(std::size_t p) const {
    if (p < last(0) || (p - last(0)) % stride != 0 || (p - last(0)) / stride >= out)
      return std::nullopt;
    return (p - last(0)) / stride;
  }
};

/// Pooling behind a hidden layer's ReLU6: output (y, x) is the maximum or the mean of the layer's
/// activations at (y * stride + ky - pad_top, x * stride + kx - pad_left), 0 <= ky < kernel_height,
/// 0 <= kx < kernel_width, that lie in its map. Global average pooling in front of the classifier
/// is NetworkDescription::global_pooling instead.
struct PoolingWindow {
  PoolingKind kind = PoolingKind::kMax;  // what becomes of a window's pixels
  std::size_t kernel_height = 1;         // rows of a window
  std::size_t kernel_width = 1;          // columns of a window
  std::size_t stride = 1;                // pixels from window to window, in both directions
  std::size_t pad_top = 0;               // rows of padding above the map
  std::size_t pad_left = 0;              // columns of padding left of it
  std::size_t out_height = 1;            // rows of windows
  std::size_t out_width = 1;             // windows of a row
  /// Of means: the sum is divided by kernel_height * kernel_width, as if the padding were zeros of
  /// the map; else by the window's pixels in the map.
  bool count_padding = false;

  /// The windows' rows.
  [[nodiscard]] PoolingSide vertical() const {
    return {kernel_height, stride, pad_top, out_height};
  }
  /// The windows' columns.
  [[nodiscard]] PoolingSide horizontal() const {
    return {kernel_width, stride, pad_left, out_width};
  }
  /// What the sum of window (y, x) of a map of height x width pixels is divided by.
  [[nodiscard]] std::size_t divisor(std::size_t y, std::size_t x, std::size_t height,
                                    std::size_t width) const {
    if (count_padding) return kernel_height * kernel_width;
    const PoolingSide v = vertical();
    const PoolingSide h = horizontal();
    return (v.end(y, height) - v.begin(y)) * (h.end(x, width) - h.begin(x));
  }
  bool operator==(const PoolingWindow&) const = default;
};

/// Clocks from a row's byte behind the ReLU and quantization block until a window that it completes
/// shows its maximum: registers of the partial results along the row, the line buffer, and the
/// register behind it.
inline constexpr std::uint32_t kWindowLatency = 3;
/// From a sum that becomes complete to its mean: the quotient's sixteen bits, and a clock to clamp.
inline constexpr std::uint32_t kDivisionClocks = 17;
/// From the last byte of a map to its rounded mean: a clock to add, and the division.
inline constexpr std::uint32_t kGlobalPoolingLatency = 1 + kDivisionClocks;

/// Clocks that a layer's poolings take behind the ReLU and quantization block.
[[nodiscard]] constexpr std::uint32_t pooling_clocks(const std::optional<PoolingWindow>& windows,
                                                     bool global) {
  std::uint32_t clocks = global ? kGlobalPoolingLatency : 0;
  if (windows)
    clocks += kWindowLatency + (windows->kind == PoolingKind::kMean ? kDivisionClocks : 0);
  return clocks;
}

/// The words of one image that an array takes through a layer, row-major: one for each pixel of the
/// layer's map of sums, and as many rows and columns beyond it as its pooling's windows reach, so
/// that every window ends with a word of its own. Words beyond the map add nothing.
struct WordGrid {
  std::size_t sum_height = 1;            // rows of the map of sums
  std::size_t sum_width = 1;             // columns of it
  std::optional<PoolingWindow> pooling;  // absent: outputs are the sums' pixels

  /// Rows of words: those of the sums, and behind them where the last windows reach.
  [[nodiscard]] std::size_t height() const {
    return pooling ? std::max(sum_height, pooling->vertical().last(pooling->out_height - 1) + 1)
                   : sum_height;
  }
  /// Columns of words, likewise.
  [[nodiscard]] std::size_t width() const {
    return pooling ? std::max(sum_width, pooling->horizontal().last(pooling->out_width - 1) + 1)
                   : sum_width;
  }
  /// Words of a map.
  [[nodiscard]] std::size_t words() const { return height() * width(); }
  /// Rows of the map of outputs.
  [[nodiscard]] std::size_t out_height() const {
    return pooling ? pooling->out_height : sum_height;
  }
  /// Columns of the map of outputs.
  [[nodiscard]] std::size_t out_width() const { return pooling ? pooling->out_width : sum_width; }
  /// Pixels of the output map.
  [[nodiscard]] std::size_t outputs() const { return out_height() * out_width(); }
  /// The fewest words from one that completes an output to the next that does, also where the words
  /// go on with a row of another row tile.
  [[nodiscard]] std::size_t spacing() const {
    if (!pooling) return 1;
    const std::size_t along = (pooling->out_width - 1) * pooling->stride;
    const std::size_t over = width() - along;
    return pooling->out_width > 1 ? std::min(pooling->stride, over) : over;
  }
  /// Clocks from word to word that its poolings ask for: a word of the line buffer is written two
  /// clocks after it is read, and one later it may be read again.
  [[nodiscard]] std::size_t least_interval() const {
    constexpr std::size_t kLineBufferClocks = 3;
    return pooling ? (kLineBufferClocks + width() - 1) / width() : 1;
  }
  /// Whether a word is a pixel of the map of sums.
  [[nodiscard]] bool in_map(std::size_t y, std::size_t x) const {
    return y < sum_height && x < sum_width;
  }
  /// The output pixel, row-major, that word (y, x) completes; nothing if it completes none.
  [[nodiscard]] std::optional<std::size_t> completed_by(std::size_t y, std::size_t x) const {
    if (!pooling) return y * sum_width + x;
    const auto row = pooling->vertical().completed_by(y);
    const auto column = pooling->horizontal().completed_by(x);
    if (!row || !column) return std::nullopt;
    return *row * pooling->out_width + *column;
  }
  /// Output pixels that the first `word` words of an image complete.
  [[nodiscard]] std::size_t complete_before(std::size_t word) const {
    if (!pooling) return word;
    const std::size_t y = word / width();
    const PoolingSide rows = pooling->vertical();
    const std::size_t whole = rows.complete_before(y) * pooling->out_width;
    return rows.completed_by(y) ? whole + pooling->horizontal().complete_before(word % width())
                                : whole;
  }
  bool operator==(const WordGrid&) const = default;
};

}  // namespace colcomb
