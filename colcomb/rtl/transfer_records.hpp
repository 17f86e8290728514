#pragma once

#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/transfer_list.hpp"

namespace colcomb::rtl {

// The DRAM channel's memories: a record for each entry of the list.

[[nodiscard]] std::vector<Bits> read_records(const TileProgram& program, const Bundles& bundles,
                                             const TransferList& list);
[[nodiscard]] std::vector<Bits> write_records(const TileProgram& program, const Bundles& bundles,
                                              const TransferList& list);

}  // namespace colcomb::rtl
