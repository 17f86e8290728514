#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/array_shape.hpp"
#include "colcomb/simulation/machine/buffer.hpp"

namespace colcomb::simulation::machine {

// The memories that an array's description stands for.
[[nodiscard]] Buffer::Shape data_shape(const ArrayConfig& config);
[[nodiscard]] Buffer::Shape input_shape(const ArrayConfig& config);
[[nodiscard]] Buffer::Shape weight_shape(const ArrayConfig& config);
[[nodiscard]] Buffer::Shape partial_sum_shape(const ArrayConfig& config);
[[nodiscard]] Buffer::Shape output_shape(const ArrayConfig& config);
[[nodiscard]] Buffer::Shape pooling_shape(const ArrayConfig& config);
/// A bank of bytes per row bus.
[[nodiscard]] Buffer::Shape row_shape(const ArrayConfig& config, std::uint64_t bytes);

/// Clocks from the row feeder of row r getting a word's token, r clocks after row 0's, to its whole
/// accumulation.
[[nodiscard]] std::size_t result_delay(const ArrayConfig& config);

/// Per tile, the weights other than 0 in its weight image.
[[nodiscard]] std::vector<std::uint64_t> tile_nonzeros(const TileProgram& program);

}  // namespace colcomb::simulation::machine
