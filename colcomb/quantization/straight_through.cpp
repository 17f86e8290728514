#include "colcomb/quantization/straight_through.hpp"

#include <cmath>

#include "colcomb/quantization/biases.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/row_exponents.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {

std::vector<IntegerLayer> integer_layers(const FloatNetwork& network,
                                         const QuantizeOptions& options) {
  std::vector<IntegerLayer> result;
  const std::vector<FoldedLayer> folded = fold(network);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const RoundedWeights rounded = round_layer(folded[i], network.description, i, options);
    IntegerLayer layer;
    layer.fraction_bits = rounded.fraction_bits;
    layer.bias_step =
        bias_step(network.description, i, rounded.fraction_bits, options.pooling_fraction_bits);
    layer.weights = Matrix<float>(rounded.values.rows(), rounded.values.cols());
    const std::vector<std::int32_t> biases =
        quantize_biases(folded[i], network.description, i, rounded, options.pooling_fraction_bits);
    for (std::size_t n = 0; n < biases.size(); ++n) {
      const std::uint32_t f = rounded.row_fraction_bits(n);
      const int k = static_cast<int>(f - rounded.fraction_bits);
      for (std::size_t m = 0; m < layer.weights.cols(); ++m)
        layer.weights(n, m) = std::ldexp(static_cast<float>(rounded.values(n, m)), -k);
      const double constant = network.is_classifier(i) ? 0 : rounding_constant(f);
      layer.bias.push_back(static_cast<float>(std::ldexp(biases[n] - constant, -k)));
    }
    layer.padding.assign(folded[i].padding.begin(), folded[i].padding.end());
    result.push_back(std::move(layer));
  }
  return result;
}

StoredGradient unfold(const FloatNetwork& network, std::size_t layer, const IntegerLayer& whole,
                      const IntegerGradient& gradient) {
  const FloatLayer& numbers = network.layer(layer);
  const LayerDescription& description = network.description.layer(layer);
  const std::size_t rows = whole.weights.rows();
  const std::size_t columns = whole.weights.cols();
  const double per_weight = std::ldexp(1.0, static_cast<int>(whole.fraction_bits));
  const double per_bias = 1 / whole.bias_step;
  // One unit of a folded weight before batch norm moves the whole weight by weight_factor and the
  // whole bias by bias_factor.
  std::vector<double> weight_factor(columns, per_weight);
  std::vector<double> bias_factor(columns, 0);
  for (std::size_t m = 0; m < columns && layer == 0; ++m) {
    const PixelFactors pixel = pixel_factors(network.description.input, description.columns[m]);
    weight_factor[m] *= pixel.weight;
    bias_factor[m] = per_bias * pixel.bias;
  }
  StoredGradient result;
  result.weights = Matrix<float>(rows, columns, 0.0F);
  std::vector<RowScale> scales;
  if (numbers.batch_norm)
    scales = row_scales(*numbers.batch_norm, effective_filter(network, layer).weights);
  for (std::size_t n = 0; n < rows; ++n) {
    const double by_bias = gradient.bias[n];
    double inverse_deviation = 1;
    double scale = 1;
    if (numbers.batch_norm) {
      const BatchNorm& norm = *numbers.batch_norm;
      // A limited scale does not move with the norm's weight.
      inverse_deviation =
          scales[n].limited ? 0 : 1 / std::sqrt(norm.variance[n] + kBatchNormEpsilon);
      scale = scales[n].scale;
    }
    const auto by_stored_bias = static_cast<float>(by_bias * per_bias);
    double by_scale = 0;
    for (std::size_t m = 0; m < columns; ++m) {
      if (!numbers.mask.empty() && numbers.mask(n, m) == 0) continue;
      const double by_product =
          gradient.weights(n, m) * weight_factor[m] + by_bias * bias_factor[m];
      result.weights(n, m) = static_cast<float>(by_product * scale);
      by_scale += by_product * numbers.weights(n, m);
    }
    if (!numbers.batch_norm) {
      result.bias.push_back(by_stored_bias);
      continue;
    }
    by_scale -= by_bias * per_bias * numbers.batch_norm->mean[n];
    result.norm_weight.push_back(static_cast<float>(by_scale * inverse_deviation));
    result.norm_bias.push_back(by_stored_bias);
  }
  return result;
}

}  // namespace colcomb::quantization
