#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tiling {

/// The groups of one column tile, and where the channels that they read lie in the banks in front
/// of the array's columns. Column j reads bank j alone, so a channel that several columns read has
/// a copy in each one's bank, at the same place in all of them.
struct ColumnTileLayout {
  std::vector<std::uint32_t> groups;  // per column in use, the group that it holds; at most C
  std::size_t part = 0;               // of the layer, whose map all of them read
};

/// Which channels the banks hold, C banks, and in which slot: one plane of a map each.
struct BankLayout {
  std::vector<std::vector<std::uint32_t>> banks;  // per channel, the banks with a copy; ascending
  std::vector<std::uint32_t> slots;               // per channel, its slot in each of them
  std::size_t slot_count = 0;                     // slots of a bank in use

  /// Copies in all banks.
  [[nodiscard]] std::size_t copies() const;
};

/// Where the input of one layer stands in front of the array.
struct InputLayout {
  std::vector<ColumnTileLayout> column_tiles;  // per part ceil(G / C), at least 1 in all
  BankLayout banks;  // of all column tiles: a map that is kept whole for this layer alone
};

/// The layout of a packed layer. Groups are dealt to columns so that those of one column, one per
/// column tile, read as few different channels as a greedy choice finds: fewer copies to write.
[[nodiscard]] InputLayout input_layout(const QuantizedLayer& layer,
                                       const LayerDescription& description,
                                       const ArrayConfig& config);

/// The channels [begin, begin + channels) of a layout, in the places that they have there.
[[nodiscard]] BankLayout channels_of(const BankLayout& layout, std::size_t begin,
                                     std::size_t channels);

/// The banks of every map that is kept whole, for all layers that read it: of the image, and from 1
/// on of each hidden layer's output. A channel has copies in the banks of all columns that read it,
/// at one place in all of them. A map that one layer reads alone lies as that layer's layout says.
/// `layouts`: of the layers.
[[nodiscard]] std::vector<BankLayout> map_layouts(const NetworkDescription& network,
                                                  const std::vector<InputLayout>& layouts);

/// The banks of the channels that one column tile reads: what is fetched for it alone.
[[nodiscard]] BankLayout tile_banks(const ColumnTileLayout& tile, const QuantizedLayer& layer,
                                    const LayerDescription& description);

/// How the output of one row tile, channels [begin, begin + rows) of the map that `banks` holds,
/// reaches the data buffer: each bank takes one of its channels per clock and port.
struct WriteCost {
  std::uint32_t most = 0;    // channels that the fullest bank takes
  std::uint64_t copies = 0;  // bytes written for one word
};
[[nodiscard]] WriteCost write_cost(const BankLayout& banks, std::size_t begin, std::size_t rows,
                                   const ArrayConfig& config);

}  // namespace colcomb::tiling
