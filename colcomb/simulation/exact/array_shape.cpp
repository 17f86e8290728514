#include "colcomb/simulation/exact/array_shape.hpp"

namespace colcomb::simulation {

ArrayShape array_shape(const ArrayConfig& config) {
  return {.rows = config.rows,
          .columns = config.columns,
          .alpha = config.alpha,
          .parallel = config.cell == CellKind::kParallel,
          .accumulation_bits = config.accumulation_bits,
          .interval = config.word_interval(),
          .data_clocks = config.data_clocks(),
          .word_clocks = config.word_clocks(),
          .streams = config.streams(),
          .weight_bits = config.weight_bits(),
          .load_clocks = config.load_clocks(),
          .double_buffering = config.double_buffering};
}

ArrayShape array_shape(const ArrayConfig& config, std::size_t rows, std::size_t columns,
                       std::size_t alpha) {
  ArrayConfig other = config;
  other.rows = rows;
  other.columns = columns;
  other.alpha = alpha;
  return array_shape(other);
}

}  // namespace colcomb::simulation
