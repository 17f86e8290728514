#include "colcomb/quantization/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/quantization/biases.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/row_exponents.hpp"

namespace colcomb::quantization {
namespace {

std::string named(const LayerDescription& layer) {
  return "layer " + layer.name;
}

/// Errors: UserError if the folded weights (so independently of what rounds to 0) do not pack.
void require_packable(const FoldedLayer& folded, const ColumnGroups& groups,
                      const LayerDescription& layer) {
  const Matrix<double>& weights = folded.weights;
  std::vector<bool> grouped(weights.cols(), false);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::uint32_t m : groups.groups[g]) grouped[m] = true;
    for (std::size_t n = 0; n < weights.rows(); ++n) {
      const auto nonzeros = std::ranges::count_if(
          groups.groups[g], [&](std::uint32_t m) { return weights(n, m) != 0; });
      if (nonzeros <= 1) continue;
      throw file_error(named(layer), fmt::format("row {}, group {}", n, g),
                       fmt::format("{} nonzero weights", nonzeros),
                       "must have at most one: prune the conflicts first");
    }
  }
  for (std::size_t m = 0; m < weights.cols(); ++m) {
    for (std::size_t n = 0; n < weights.rows() && !grouped[m]; ++n) {
      if (weights(n, m) == 0) continue;
      throw file_error(named(layer), fmt::format("row {}, column {}", n, m), "",
                       "has a nonzero weight, but its column is in no group");
    }
  }
}

QuantizedLayer quantize_layer(const FoldedLayer& folded, const FloatNetwork& network,
                              std::size_t index, const QuantizeOptions& options) {
  const FloatLayer& source = network.layer(index);
  const LayerDescription& layer = network.description.layer(index);
  QuantizedLayer result;
  const RoundedWeights rounded = round_layer(folded, network.description, index, options);
  const Matrix<std::int8_t>& weights = rounded.values;
  result.fraction_bits = rounded.fraction_bits;
  result.row_exponents = rounded.row_exponents;
  result.weight_code = rounded.code;
  if (source.groups && layer.alpha > 1) {
    require_packable(folded, *source.groups, layer);
    result.weights = pack(weights, *source.groups);
  } else {
    result.weights = pack(weights, nonzero_columns(weights));
  }
  result.bias =
      quantize_biases(folded, network.description, index, rounded, options.pooling_fraction_bits);
  result.padding = folded.padding;
  return result;
}

/// The classifier is empty.
QuantizedNetwork quantize_hidden_layers(const FloatNetwork& network,
                                        const std::vector<FoldedLayer>& folded,
                                        const QuantizeOptions& options) {
  QuantizedNetwork result;
  result.description = network.description;
  result.pooling.fraction_bits = options.pooling_fraction_bits;
  result.hidden.resize(network.hidden.size());
  for (std::size_t i = 0; i < result.hidden.size(); ++i)
    result.hidden[i] = quantize_layer(folded[i], network, i, options);
  return result;
}

}  // namespace

QuantizedNetwork quantize(const FloatNetwork& network, const QuantizeOptions& options) {
  if (options.pooling_fraction_bits > kMaxPoolingFractionBits)
    throw option_error("quantization.pooling_fraction_bits",
                       fmt::to_string(options.pooling_fraction_bits), "must be 0 to 8");
  if (!network.description.global_pooling && options.pooling_fraction_bits > 0)
    throw option_error("quantization.pooling_fraction_bits",
                       fmt::to_string(options.pooling_fraction_bits),
                       "must be 0: the network has no global pooling");
  const std::vector<FoldedLayer> folded = fold(network);
  QuantizedNetwork result = quantize_hidden_layers(network, folded, options);
  result.classifier = quantize_layer(folded.back(), network, network.hidden.size(), options);
  return result;
}

QuantizedNetwork quantize_hidden(const FloatNetwork& network, WeightCode weights,
                                 WeightScales scales) {
  return quantize_hidden_layers(network, fold(network), {0, weights, scales});
}

}  // namespace colcomb::quantization
