#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantization_check.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/quantize.hpp"

namespace colcomb::quantization {

/// Holds the integer network against the float network it came from, layer by layer, on `images`
/// (raw, C x H x W each, one after the other): how far the outputs are apart, how many saturate,
/// and which layer's quantization costs the most, quantized alone, together with those before it,
/// and as the only one left in floating point; and what a scale for each row is worth, whichever
/// options.scales says. The cost in time is that of some 3/2 L + 4 passes through a network of L
/// layers. Requires: validate() passes for both; `quantized` is what
/// quantize(network, options) gives; images.size() is a multiple of one image's. The result does
/// not depend on `threads`; `progress` counts images. Errors: UserError if the integer network is
/// not the fake-quantized one, naming the first difference: layer, row and column of a weight, or
/// image, layer, row (filter), y and x of an output, and both values.
[[nodiscard]] QuantizationCheck check_quantization(const FloatNetwork& network,
                                                   const QuantizedNetwork& quantized,
                                                   const QuantizeOptions& options,
                                                   std::span<const std::uint8_t> images,
                                                   std::size_t threads,
                                                   const ProgressFunction& progress = nullptr);

}  // namespace colcomb::quantization
