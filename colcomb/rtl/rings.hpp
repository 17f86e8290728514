#pragma once

#include <cstdint>

namespace colcomb::rtl {

/// Pixels of the planes that are rings (tiling::LineBuffer); 0: planes hold whole maps.
struct Rings {
  std::uint64_t input = 0;     // in front of the columns
  std::uint64_t residual = 0;  // in front of the rows
};

/// What is added to a place in a ring of `ring` pixels for a step of any sign: 0 to ring - 1.
[[nodiscard]] inline std::uint64_t ring_step(std::int64_t step, std::uint64_t ring) {
  const auto pixels = static_cast<std::int64_t>(ring);
  return static_cast<std::uint64_t>((step % pixels + pixels) % pixels);
}

}  // namespace colcomb::rtl
