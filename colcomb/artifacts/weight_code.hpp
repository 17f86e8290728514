#pragma once

#include <cstdint>

namespace colcomb {

/// What a layer's weights may be, in units of the layer's step. Either fits a signed byte, so that
/// files, kernels and arrays treat both alike; hardware may exploit the narrower one.
enum class WeightCode : std::uint8_t {
  kInt8,        // -128 to 127
  kPowerOfTwo,  // 0 or +-2^e with e from 0 to 6: sign and exponent, 4 bits
};

/// Largest e of a power-of-two weight.
inline constexpr int kMaxWeightExponent = 6;

/// As flags and reports write it: "int8" or "pow2".
[[nodiscard]] constexpr const char* name_of(WeightCode code) {
  return code == WeightCode::kInt8 ? "int8" : "pow2";
}

/// What has a scale of its own.
enum class WeightScales : std::uint8_t {
  kLayer,    // each layer
  kChannel,  // each row (output channel) of a hidden layer: the layer's times a power of two
};

/// As flags and reports write it: "layer" or "channel".
[[nodiscard]] constexpr const char* name_of(WeightScales scales) {
  return scales == WeightScales::kLayer ? "layer" : "channel";
}

/// Is `weight` one of the code's?
[[nodiscard]] constexpr bool holds(WeightCode code, std::int8_t weight) {
  const int magnitude = weight < 0 ? -int{weight} : int{weight};
  return code == WeightCode::kInt8 ||
         ((magnitude & (magnitude - 1)) == 0 && magnitude <= 1 << kMaxWeightExponent);
}

}  // namespace colcomb
