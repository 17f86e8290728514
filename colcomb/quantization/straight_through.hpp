#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/quantization/quantize.hpp"

namespace colcomb::quantization {

// Training through the quantizer (the straight-through estimator): the forward pass computes with
// the integers that a float network is quantized to, and gradients pass through every rounding as
// if it were not there. Batch norm is then a constant of its statistics, which folding takes in.
// Here and not in training, because it is the derivative of fold() and changes with it.

/// One layer's integers, as floats in the layer's units: those of a row with exponent k are whole
/// multiples of 2^-k, so that what computes with them, and its gradients, need no exponents.
struct IntegerLayer {
  Matrix<float> weights;       // N x M, in units of 2^-fraction_bits
  std::vector<float> bias;     // N, in units of bias_step, without the rounding constant
  std::vector<float> padding;  // C: pixels outside the map
  std::uint32_t fraction_bits = 0;
  double bias_step = 1;  // value of one unit of the bias
};

/// The integers of quantize(), not packed. Requires and errors: as quantize(), groups apart.
[[nodiscard]] std::vector<IntegerLayer> integer_layers(const FloatNetwork& network,
                                                       const QuantizeOptions& options);

/// A loss's gradient by an integer layer's weights and biases.
struct IntegerGradient {
  Matrix<float> weights;    // N x M
  std::vector<float> bias;  // N
};

/// The same by the stored numbers they were made of; empty where the layer has none.
struct StoredGradient {
  Matrix<float> weights;  // N x M; 0 where pruned
  std::vector<float> norm_weight, norm_bias;
  std::vector<float> bias;
};

/// Chain rule through folding and rounding. Requires: `layer` is integer_layers(network,
/// ...)[layer].
[[nodiscard]] StoredGradient unfold(const FloatNetwork& network, std::size_t layer,
                                    const IntegerLayer& whole, const IntegerGradient& gradient);

}  // namespace colcomb::quantization
