#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace colcomb::semantics {

/// A hidden layer's output: clamp(acc >> f, 0, 255), with `accumulation` read as signed and an
/// arithmetic shift. The bias holds the rounding constant, so this rounds half up; the lower clamp
/// is ReLU, the upper one ReLU6.
[[nodiscard]] constexpr std::uint8_t requantize(std::uint32_t accumulation, std::uint32_t f) {
  const std::int32_t shifted = static_cast<std::int32_t>(accumulation) >> f;
  return static_cast<std::uint8_t>(std::clamp(shifted, 0, 255));
}

/// floor(sum * 2^k / pixels + 1/2) before its clamp: the rounded mean of a channel times 2^k.
/// Requires: pixels > 0, sum <= 255 * pixels, pixels <= 2^28, k <= 8.
[[nodiscard]] constexpr std::uint64_t scaled_mean(std::uint64_t sum, std::uint64_t pixels,
                                                  std::uint32_t k) {
  return ((sum << (k + 1)) + pixels) / (2 * pixels);
}

/// What global average pooling gives: the scaled mean, clamped to 255.
[[nodiscard]] constexpr std::uint8_t pool(std::uint64_t sum, std::uint64_t pixels,
                                          std::uint32_t k) {
  return static_cast<std::uint8_t>(std::min<std::uint64_t>(scaled_mean(sum, pixels, k), 255));
}

}  // namespace colcomb::semantics
