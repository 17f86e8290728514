#pragma once

#include <cstddef>
#include <cstdint>

namespace colcomb::simulation {

/// ReLU and quantization block of one row: from an accumulation's A bits, as they come, bits f ..
/// f + 7, whether a higher one but the sign was 1, and the sign.
[[nodiscard]] inline std::uint8_t quantize_bits(std::uint32_t accumulation, std::size_t bits,
                                                std::uint32_t f) {
  std::uint32_t kept = 0;
  bool higher = false;
  for (std::size_t b = 0; b + 1 < bits; ++b) {
    const bool bit = ((accumulation >> b) & 1U) != 0;
    if (b < f) continue;
    if (b < f + 8) {
      kept |= static_cast<std::uint32_t>(bit) << (b - f);
    } else {
      higher = higher || bit;
    }
  }
  const bool negative = ((accumulation >> (bits - 1)) & 1U) != 0;
  if (negative) return 0;
  return higher ? 255 : static_cast<std::uint8_t>(kept);
}

/// A logit: the accumulation's A bits as a signed number.
[[nodiscard]] inline std::int32_t signed_value(std::uint32_t accumulation, std::size_t bits) {
  const std::uint32_t up = accumulation << (32 - bits);
  return static_cast<std::int32_t>(up) >> (32 - bits);
}

}  // namespace colcomb::simulation
