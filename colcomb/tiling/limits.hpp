#pragma once

#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tiling {

/// What no accumulation of the layer can exceed in magnitude, on the way or at the end, whatever
/// its inputs: max over rows of |bias| + 255 * sum |w| + (residual ? 255 << f of the row : 0).
[[nodiscard]] std::uint64_t accumulation_bound(const QuantizedLayer& layer,
                                               const LayerDescription& description);

/// The rules that hold for every array, cross-layer or not: a hidden layer before the linear one,
/// no group larger than the array's alpha, and with fewer than 32 accumulation bits a bound that
/// fits them (32-bit accumulations are modulo 2^32, as the integer network's are).
/// Errors: UserError naming the array, the layer, the value and the rule.
void require_fits(const QuantizedNetwork& network, const ArrayConfig& config);

/// Errors: UserError as above if a pixel lies in more of the layer's pooling windows than the array
/// keeps partial results of.
void require_pooling_windows(const LayerDescription& layer, const ArrayConfig& config);

}  // namespace colcomb::tiling
