#pragma once

#include <bit>
#include <cstdint>

namespace colcomb::rtl {

/// Bits that hold 0 to `most`, at least one.
[[nodiscard]] inline std::uint32_t bits_to(std::uint64_t most) {
  return most == 0 ? 1 : static_cast<std::uint32_t>(std::bit_width(most));
}

/// Bits of addresses of `count` things.
[[nodiscard]] inline std::uint32_t bits_for(std::uint64_t count) {
  return bits_to(count > 0 ? count - 1 : 0);
}

}  // namespace colcomb::rtl
