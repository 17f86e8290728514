#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/tiling/layout.hpp"

namespace colcomb::tiling {

// What machines of all kinds keep of a layer: descriptors beside the blocks that use them.

[[nodiscard]] inline std::uint32_t narrow(std::uint64_t value) {
  COLCOMB_CHECK(value <= UINT32_MAX, "an address is beyond 32 bits");
  return static_cast<std::uint32_t>(value);
}

/// A layer's shapes and what its results become; not where they go (`keep`, `to_dram`), nor which
/// column tiles read further inputs.
[[nodiscard]] LayerSetup layer_setup(const QuantizedNetwork& network, std::size_t layer);

/// The byte address of a channel's plane in its banks.
using PlaneAddress = std::function<std::uint64_t(std::size_t channel)>;

/// Appends the lines of one column tile, for all `columns` of the array: line l of a column is its
/// group's l-th member. Gives the lines of the fullest column.
std::uint64_t append_lines(std::vector<LineDescriptor>& lines, std::size_t columns,
                           const ColumnTileLayout& tile, const QuantizedLayer& layer,
                           const LayerDescription& description, const PlaneAddress& address);

/// Appends what `banks` banks take of the rows of one row tile, channels [begin, begin + rows) of
/// the map that they hold: each its channels in the rows' order. Gives those of the fullest bank.
std::uint64_t append_writes(std::vector<WriteDescriptor>& writes, std::size_t banks,
                            const BankLayout& layout, std::size_t begin, std::size_t rows,
                            const PlaneAddress& address);

}  // namespace colcomb::tiling
