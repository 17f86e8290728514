#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace colcomb::quantization {

// Every rounding of a quantized network's constants. All arithmetic is in IEEE doubles; scaling by
// a power of two is exact there, so an implementation in another place (the fake quantizer of
// training) gives the same integers if it evaluates the same formulas in doubles.

/// f of a layer without any nonzero weight: as for a largest magnitude of 1, so that the biases
/// keep a fine step.
inline constexpr std::uint32_t kFractionBitsOfZeroLayer = 7;

/// f = 7 - ceil(log2(max_magnitude)), at most 22: weights have the step 2^-f, and f is the largest
/// for which max_magnitude * 2^f <= 128. The logarithm is not rounded: a power of two is told apart
/// from its neighbours. Absent if max_magnitude > 128, where f would be negative.
/// Requires: max_magnitude finite and not negative.
[[nodiscard]] std::optional<std::uint32_t> fraction_bits(double max_magnitude);

/// f for weights that must not saturate (those of a fixed layer, where 1 has to be exactly 1): as
/// fraction_bits of their largest magnitude, but one less if the largest weight, times 2^f, rounds
/// to 128, which quantize_weight would turn into 127. 0 stays 0.
[[nodiscard]] std::optional<std::uint32_t> unsaturated_fraction_bits(
    std::span<const double> weights);

/// floor(value + 1/2): ties go up, for negative values too, as truncating hardware with an added
/// half does it.
[[nodiscard]] double round_half_up(double value);

/// clamp(round_half_up(weight * 2^f), -128, 127). The hardware holds sign and 8-bit magnitude, so
/// -128 is a weight like any other; +128 is not, since files hold signed bytes.
[[nodiscard]] std::int8_t quantize_weight(double weight, std::uint32_t f);

/// Value of one unit of a hidden layer's accumulator: (6 / 256) * 2^-f.
[[nodiscard]] double accumulator_scale(std::uint32_t f);

/// Value of one unit of the linear layer's accumulator, whose inputs have the step
/// (6 / 256) * 2^-pooling_fraction_bits: (6 / 256) * 2^-(f + pooling_fraction_bits).
[[nodiscard]] double logit_step(std::uint32_t f, std::uint32_t pooling_fraction_bits);

/// The constant that makes truncation in requantization round half up: 2^(f-1), or 0 for f = 0.
[[nodiscard]] std::int32_t rounding_constant(std::uint32_t f);

/// round_half_up(bias / step) + constant; absent if that is no 32-bit integer.
[[nodiscard]] std::optional<std::int32_t> quantize_bias(double bias, double step,
                                                        std::int32_t constant);

}  // namespace colcomb::quantization
