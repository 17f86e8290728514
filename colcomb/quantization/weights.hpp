#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/weight_code.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::quantization {

// The weight quantizer: pure functions on folded weights, for the integer network and for whatever
// must round as it does (fake quantization). All arithmetic is in IEEE doubles; scaling by 2^f is
// exact.

/// The code's number nearest to weight * 2^f; ties go up. kInt8: clamp(floor(weight * 2^f + 1/2),
/// -128, 127). kPowerOfTwo: nearest in value, not in the logarithm, so the borders lie at 1/2 and
/// 3/2 * 2^e: the squared error is least so, and a product's error is in value.
[[nodiscard]] std::int8_t quantize_weight(double weight, std::uint32_t f, WeightCode code);

/// f, 0 to 22, for a layer with these weights. kInt8: the largest for which the largest magnitude
/// * 2^f is at most 128. kPowerOfTwo: the one with the least sum of squared errors; among equals
/// the largest. 7 if all weights are 0. Absent if the largest magnitude is above 128 (kInt8) or
/// above 96 (kPowerOfTwo), where 64 is no longer the nearest power of two. Requires: weights
/// finite.
[[nodiscard]] std::optional<std::uint32_t> choose_fraction_bits(std::span<const double> weights,
                                                                WeightCode code);

/// A layer's weights, row n's in units of 2^-row_fraction_bits(n).
struct RoundedWeights {
  Matrix<std::int8_t> values;  // N x M
  std::uint32_t fraction_bits = 0;
  WeightCode code = WeightCode::kInt8;
  std::vector<std::uint8_t> row_exponents;  // N, or empty: all 0

  /// Fraction bits of row n.
  [[nodiscard]] std::uint32_t row_fraction_bits(std::size_t n) const {
    return fraction_bits + (row_exponents.empty() ? 0 : row_exponents[n]);
  }
};

/// Chooses f and rounds every weight, without row exponents. Fixed layers are kInt8 whatever `code`
/// is, since a pooling's 1/9 is near no power of two, with f = unsaturated_fraction_bits. Errors:
/// UserError naming the layer for a weight that is not finite, or where no f serves.
[[nodiscard]] RoundedWeights round_weights(const Matrix<double>& weights,
                                           const LayerDescription& layer, WeightCode code);

}  // namespace colcomb::quantization
