#pragma once

#include <cstdint>
#include <string>

#include "colcomb/base/matrix.hpp"

namespace colcomb::quantization {

/// A layer's weights in units of 2^-fraction_bits.
struct RoundedWeights {
  Matrix<std::int8_t> values;  // N x M
  std::uint32_t fraction_bits = 0;
};

/// Chooses f = fraction_bits(largest |weight|) and rounds each weight by quantize_weight.
/// Errors: UserError naming `layer` for a weight that is not finite, or a largest magnitude above
/// 128.
[[nodiscard]] RoundedWeights round_weights(const Matrix<double>& weights, const std::string& layer);

}  // namespace colcomb::quantization
