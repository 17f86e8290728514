#pragma once

#include <cstdint>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::quantization {

/// How a network is rounded.
struct QuantizeOptions {
  /// k of the global average pooling, 0 to 8; choose it with `calibrate_pooling_fraction_bits`. 0
  /// never saturates but leaves small means with few bits.
  std::uint32_t pooling_fraction_bits = 0;
  /// Of all layers' weights but fixed ones, which stay int8. Powers of two make a product a shift,
  /// at the cost of accuracy that training without them cannot win back.
  WeightCode weights = WeightCode::kInt8;
  /// kChannel keeps rows precise whose weights are much smaller than the layer's largest, as folded
  /// batch norm leaves them, at the cost of a shift per row in hardware.
  WeightScales scales = WeightScales::kLayer;
};

/// The network in integers: fold(), then per layer f, row exponents and weights by round_layer,
/// biases by quantize_bias at the accumulator's step, with the rounding constant in hidden layers.
/// Each layer is packed by its groups; a layer without groups or with alpha 1 gets one group per
/// column that has a nonzero quantized weight. Requires: validate(network) passes. Errors:
/// UserError naming the layer: a folded weight that is not finite or too large for the code, a bias
/// beyond 32 bits, two nonzero weights of a row in one group (naming row and group) or a nonzero
/// column in no group; pooling_fraction_bits above 8.
[[nodiscard]] QuantizedNetwork quantize(const FloatNetwork& network,
                                        const QuantizeOptions& options = {});

/// The hidden layers of quantize(), which do not depend on the pooling fraction bits; the
/// classifier is empty. Requires: validate(network) passes. Errors: those of quantize() in hidden
/// layers.
[[nodiscard]] QuantizedNetwork quantize_hidden(const FloatNetwork& network, WeightCode weights,
                                               WeightScales scales = WeightScales::kLayer);

}  // namespace colcomb::quantization
