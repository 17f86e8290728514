#pragma once

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::tests {

/// An array of one cell. Without a weight it shows one clock later what enters it.
[[nodiscard]] inline ArrayConfig one_cell(CellKind kind, std::size_t alpha,
                                          std::size_t accumulation_bits) {
  ArrayConfig config;
  config.rows = config.columns = 1;
  config.cell = kind;
  config.alpha = alpha;
  config.accumulation_bits = accumulation_bits;
  return config;
}

/// A number of sa_pkg.
[[nodiscard]] inline CellKind kind_of(std::uint32_t number) {
  constexpr CellKind kKinds[] = {CellKind::kBalanced, CellKind::kInterleaved,
                                 CellKind::kMultiplexed, CellKind::kParallel};
  return kKinds[number];
}

}  // namespace colcomb::tests
