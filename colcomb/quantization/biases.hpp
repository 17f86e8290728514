#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/weights.hpp"

namespace colcomb::quantization {

/// Value of one unit of layer `layer`'s biases with f fraction bits: accumulator_scale(f), or
/// logit_step(f, pooling_fraction_bits) for the classifier.
[[nodiscard]] double bias_step(const NetworkDescription& network, std::size_t layer,
                               std::uint32_t f, std::uint32_t pooling_fraction_bits);

/// quantize_bias of every row of layer `layer`, N, each at the step of its row, in hidden layers
/// with the rounding constant. Errors: UserError naming layer and row for a bias beyond 32 bits.
[[nodiscard]] std::vector<std::int32_t> quantize_biases(const FoldedLayer& folded,
                                                        const NetworkDescription& network,
                                                        std::size_t layer,
                                                        const RoundedWeights& rounded,
                                                        std::uint32_t pooling_fraction_bits);

}  // namespace colcomb::quantization
