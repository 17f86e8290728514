#pragma once

#include <cstdint>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Random pooling windows, no more than `windows` of which a pixel lies in along each side, and
/// each with a pixel of the map in it.
[[nodiscard]] inline LayerSetup random_window_layer(Random& random, PoolingKind kind,
                                                    std::size_t windows) {
  const auto below = [&random](std::size_t bound) {
    return static_cast<std::uint32_t>(random.below(bound));
  };
  while (true) {
    PoolingWindow pooling;
    pooling.kind = kind;
    pooling.stride = 1 + below(3);
    pooling.kernel_height = 1 + below(5);
    pooling.kernel_width = 1 + below(5);
    pooling.pad_top = below(pooling.kernel_height);
    pooling.pad_left = below(pooling.kernel_width);
    pooling.out_height = 1 + below(4);
    pooling.out_width = 1 + below(4);
    pooling.count_padding = below(2) == 0;
    LayerSetup layer;
    layer.sum_height = 1 + below(5);
    layer.sum_width = 1 + below(5);
    const auto fits = [&](const PoolingSide& side, std::size_t size) {
      return side.overlap() <= windows && side.begin(side.out - 1) < size && side.end(0, size) > 0;
    };
    if (!fits(pooling.vertical(), layer.sum_height) || !fits(pooling.horizontal(), layer.sum_width))
      continue;
    layer.pooling = pooling;
    return layer;
  }
}

/// What a side says of a pixel to sa_window_unit: a bit per slot.
struct WindowSlots {
  std::uint64_t holds = 0;
  std::uint64_t begins = 0;
  std::uint64_t ends = 0;
};

[[nodiscard]] inline WindowSlots slots_of(const PoolingSide& side, std::size_t pixel,
                                          std::size_t windows) {
  WindowSlots slots;
  for (std::size_t o = side.first_with(pixel); o < side.end_with(pixel); ++o) {
    const std::uint64_t bit = std::uint64_t{1} << o % windows;
    slots.holds |= bit;
    if (side.begin(o) == pixel) slots.begins |= bit;
    if (side.last(o) == pixel) slots.ends |= bit;
  }
  return slots;
}

}  // namespace colcomb::tests
