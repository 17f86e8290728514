#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/tiling/packed_shape.hpp"
#include "colcomb/tiling/placement.hpp"

namespace colcomb::tiling {

/// Appends one layer's tiles in the order of `config.order`; weight_bytes are those of a tile that
/// reads its weights itself.
/// Errors: UserError where the buffers are too small for blocks of a single word.
void append_layer(std::vector<Tile>& tiles, const NetworkDescription& network,
                  const PackedShape& shape, const ArrayConfig& config, const Placement& placement,
                  std::size_t layer);

}  // namespace colcomb::tiling
