#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/weights.hpp"

namespace colcomb::quantization {

/// A layer's weights by round_weights and, with options.scales kChannel, each row of a hidden layer
/// whose weights are trained at the scale of its exponent (docs/developer/channel-scales.md): the
/// largest up to 7 for which the row's weights still fit (kPowerOfTwo: of those with the least sum
/// of squared errors the smallest), fraction bits stay within 22, and no accumulation of a row
/// whose exponent is above 0 can wrap. Requires: `folded` is layer `index`'s. Errors: those of
/// round_weights.
[[nodiscard]] RoundedWeights round_layer(const FoldedLayer& folded,
                                         const NetworkDescription& network, std::size_t index,
                                         const QuantizeOptions& options);

}  // namespace colcomb::quantization
