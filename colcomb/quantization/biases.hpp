#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/quantization/folding.hpp"

namespace colcomb::quantization {

/// Value of one unit of layer `layer`'s bias: accumulator_scale(f), or logit_step(f,
/// pooling_fraction_bits) for the classifier.
[[nodiscard]] double bias_step(const NetworkDescription& network, std::size_t layer,
                               std::uint32_t f, std::uint32_t pooling_fraction_bits);

/// quantize_bias of every row, N. Errors: UserError naming layer and row for a bias beyond 32 bits.
[[nodiscard]] std::vector<std::int32_t> quantize_biases(const FoldedLayer& folded,
                                                        const LayerDescription& layer, double step,
                                                        std::int32_t constant);

}  // namespace colcomb::quantization
