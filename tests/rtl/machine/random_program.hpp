#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/machine_parameters.hpp"

namespace colcomb::tests {

/// A random network compiled for an array, and images for it.
struct RandomProgram {
  QuantizedNetwork network;
  TileProgram program;
  std::vector<std::uint8_t> images;  // raw, whole batches
  std::uint64_t batches = 1;
};

/// Rows, columns, cells, ports, pooling windows and DRAM are those of `array`; buffers, order and
/// batch are drawn, so that maps, residual sources and weights reside on the chip or in DRAM.
/// `branches`: every third network is no chain of layers. `tables`: layers have activation tables,
/// the first one at least, in a network that is the same but for them. `exponents`: some have row
/// exponents, the first one and those that add a residual source at least. `image_side`: the images
/// are square, of so many pixels a side, and each batch is one image; 0 where all is drawn. Errors:
/// UserError where the network drawn does not fit the array.
[[nodiscard]] RandomProgram random_program(std::uint64_t seed, const ArrayConfig& array,
                                           bool branches, bool tables, bool exponents,
                                           std::size_t image_side = 0);

/// Whether hardware of parameters `hardware` runs a program that needs `needed`: the arrays are
/// equal, and no memory and no width is smaller. 0 stands for enough.
[[nodiscard]] bool fits(const rtl::MachineParameters& needed,
                        const rtl::MachineParameters& hardware);

}  // namespace colcomb::tests
