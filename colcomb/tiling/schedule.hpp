#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/schedule.hpp"
#include "colcomb/tiling/packed_shape.hpp"

namespace colcomb::tiling {

/// The tiles that take one batch of images through the network, by the rules of
/// docs/reference/cycle-model.md, "Tiles". `config.cross_layer` plays no role.
/// Requires: validate() passes for both.
/// Errors: UserError naming array, layer and rule: require_fits(), pooled bytes that do not fit the
/// data buffer, another buffer too small for a single word.
[[nodiscard]] Schedule make_schedule(const QuantizedNetwork& network, const ArrayConfig& config);

/// The same for packed filter matrices of these shapes, one per layer, whatever their values are:
/// the schedule of a network that has yet to be trained or combined. No group size or accumulation
/// is checked.
[[nodiscard]] Schedule make_schedule(const NetworkDescription& network,
                                     const std::vector<PackedShape>& shapes,
                                     const ArrayConfig& config);

/// Of the rows [row_begin, row_begin + rows) of a layer, those that its residual source has as
/// channels; 0 without one.
[[nodiscard]] std::uint64_t residual_rows(const NetworkDescription& network, std::size_t layer,
                                          std::uint64_t row_begin, std::uint64_t rows);

}  // namespace colcomb::tiling
