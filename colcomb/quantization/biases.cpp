#include "colcomb/quantization/biases.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {

double bias_step(const NetworkDescription& network, std::size_t layer, std::uint32_t f,
                 std::uint32_t pooling_fraction_bits) {
  return network.is_classifier(layer) ? logit_step(f, pooling_fraction_bits) : accumulator_scale(f);
}

std::vector<std::int32_t> quantize_biases(const FoldedLayer& folded,
                                          const NetworkDescription& network, std::size_t layer,
                                          const RoundedWeights& rounded,
                                          std::uint32_t pooling_fraction_bits) {
  std::vector<std::int32_t> biases;
  biases.reserve(folded.bias.size());
  for (std::size_t n = 0; n < folded.bias.size(); ++n) {
    const std::uint32_t f = rounded.row_fraction_bits(n);
    const double step = bias_step(network, layer, f, pooling_fraction_bits);
    const std::int32_t constant = network.is_classifier(layer) ? 0 : rounding_constant(f);
    const auto bias = quantize_bias(folded.bias[n], step, constant);
    if (!bias) {
      throw file_error("layer " + network.layer(layer).name,
                       fmt::format("folded bias of row {}", n), fmt::to_string(folded.bias[n]),
                       fmt::format("must fit 32 bits at the accumulator's step of {}", step));
    }
    biases.push_back(*bias);
  }
  return biases;
}

}  // namespace colcomb::quantization
