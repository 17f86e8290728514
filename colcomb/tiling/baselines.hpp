#pragma once

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tiling {

// The arrays that column combining is compared with run the same network in another packing. Both
// keep every weight, so all activations and logits stay what they were.
// Requires: validate(network) passes. Ensures: every layer's alpha is 1.

/// Every nonzero column a group of its own: a sparse array without combining.
[[nodiscard]] QuantizedNetwork without_combining(const QuantizedNetwork& network);

/// Every column, zero or not, a group of its own: an array that knows nothing of sparsity.
[[nodiscard]] QuantizedNetwork dense(const QuantizedNetwork& network);

}  // namespace colcomb::tiling
