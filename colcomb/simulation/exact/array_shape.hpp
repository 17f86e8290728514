#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::simulation {

/// The numbers of one array that its cells depend on; symbols as in docs/reference/cycle-model.md.
struct ArrayShape {
  std::size_t rows = 0;               // R
  std::size_t columns = 0;            // C
  std::size_t alpha = 1;              // data lines per column
  bool parallel = false;              // 8-bit multipliers instead of bit-serial cells
  std::size_t accumulation_bits = 0;  // A
  std::size_t interval = 0;           // I: fewest clocks from word to word
  std::size_t data_clocks = 0;        // D
  std::size_t word_clocks = 0;        // T
  std::size_t streams = 1;            // S
  std::size_t weight_bits = 0;        // W
  std::size_t load_clocks = 0;        // L
  bool double_buffering = true;

  /// Lines that carry weights, one bit each.
  [[nodiscard]] std::size_t load_lines() const { return parallel ? 8 * alpha : alpha; }
};

/// The array of a description, or with other rows and columns and lines one like it.
[[nodiscard]] ArrayShape array_shape(const ArrayConfig& config);
[[nodiscard]] ArrayShape array_shape(const ArrayConfig& config, std::size_t rows,
                                     std::size_t columns, std::size_t alpha);

}  // namespace colcomb::simulation
