#pragma once

#include <cstdint>

namespace colcomb::simulation::machine {

/// Pixels that each plane of a memory has room for, where maps pass through it as through a ring:
/// pixel g, counted on over the images, is in place g modulo the ring. 0: it holds whole maps.
struct LineRings {
  std::uint64_t input = 0;     // in front of the columns
  std::uint64_t residual = 0;  // in front of the rows
};

/// The place of a pixel, counted on over the images, in a plane of `ring` pixels.
[[nodiscard]] inline std::int64_t ring_place(std::int64_t pixel, std::uint64_t ring) {
  const auto pixels = static_cast<std::int64_t>(ring);
  const std::int64_t place = pixel % pixels;
  return place < 0 ? place + pixels : place;
}

}  // namespace colcomb::simulation::machine
