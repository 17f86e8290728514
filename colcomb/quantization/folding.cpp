#include "colcomb/quantization/folding.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kPixelMax = 255.0;

/// What is around the maps that the layer reads, per channel; of the image 0.
std::vector<std::uint8_t> padding_of(const NetworkDescription& network, std::size_t index) {
  std::vector<std::uint8_t> padding(network.layer(index).in_channels, 0);
  for (const LayerPart& part : parts_of(network, index)) {
    if (!part.source) continue;
    std::fill_n(padding.begin() + static_cast<std::ptrdiff_t>(part.channel_begin),
                part.reader.in_channels, network.hidden[*part.source].zero);
  }
  return padding;
}

/// Filters and biases with batch norm folded in; the padding of the image is still 0.
FoldedLayer fold_batch_norm(const FloatNetwork& network, std::size_t index) {
  const FloatLayer& layer = network.layer(index);
  const Matrix<float> filter = effective_filter(network, index).weights;
  FoldedLayer folded{Matrix<double>(filter.rows(), filter.cols()),
                     std::vector<double>(filter.rows(), 0.0),
                     padding_of(network.description, index)};
  std::vector<RowScale> scales;
  if (layer.batch_norm) scales = row_scales(*layer.batch_norm, filter);
  for (std::size_t n = 0; n < filter.rows(); ++n) {
    double scale = 1;
    if (layer.batch_norm) {
      scale = scales[n].scale;
      folded.bias[n] = layer.batch_norm->bias[n] - layer.batch_norm->mean[n] * scale;
    } else {
      folded.bias[n] = layer.bias[n];
    }
    for (std::size_t m = 0; m < filter.cols(); ++m) folded.weights(n, m) = filter(n, m) * scale;
  }
  return folded;
}

void fold_normalization(FoldedLayer& folded, const LayerDescription& layer,
                        const InputDescription& input) {
  const std::size_t reshaped = input.reshape_stride * input.reshape_stride;
  for (std::size_t n = 0; n < folded.weights.rows(); ++n) {
    for (std::size_t m = 0; m < folded.weights.cols(); ++m) {
      const PixelFactors pixel = pixel_factors(input, layer.columns[m]);
      double& weight = folded.weights(n, m);
      folded.bias[n] += weight * pixel.bias;
      weight *= pixel.weight;
    }
  }
  for (std::size_t channel = 0; channel < folded.padding.size(); ++channel) {
    const double pixel = round_half_up(kPixelMax * input.mean[channel / reshaped]);
    folded.padding[channel] = static_cast<std::uint8_t>(std::clamp(pixel, 0.0, kPixelMax));
  }
}

}  // namespace

std::vector<RowScale> row_scales(const BatchNorm& norm, const Matrix<float>& filter) {
  std::vector<RowScale> scales(filter.rows());
  std::vector<double> largest(filter.rows(), 0);  // weight of each row
  double limit = 0;                               // folded weight of the rows that set their scale
  for (std::size_t n = 0; n < filter.rows(); ++n) {
    for (const float w : filter.row(n))
      largest[n] = std::max(largest[n], std::abs(static_cast<double>(w)));
    scales[n].scale = norm.weight[n] / std::sqrt(norm.variance[n] + kBatchNormEpsilon);
    if (norm.variance[n] >= kBatchNormEpsilon)
      limit = std::max(limit, std::abs(scales[n].scale) * largest[n]);
  }
  if (limit == 0) return scales;
  for (std::size_t n = 0; n < filter.rows(); ++n) {
    double& scale = scales[n].scale;
    if (norm.variance[n] >= kBatchNormEpsilon || std::abs(scale) * largest[n] <= limit) continue;
    scale = std::copysign(limit / largest[n], scale);
    scales[n].limited = true;
  }
  return scales;
}

std::vector<double> mean_pixels(const InputDescription& input) {
  std::vector<double> pixels;
  const std::size_t copies = input.reshape_stride * input.reshape_stride;
  for (const double mean : input.mean) pixels.insert(pixels.end(), copies, kPixelMax * mean);
  return pixels;
}

PixelFactors pixel_factors(const InputDescription& input, const Column& column) {
  const std::size_t reshaped = input.reshape_stride * input.reshape_stride;
  const std::size_t c = static_cast<std::size_t>(column.channel) / reshaped;
  // 1 / (255 std) for the pixel and 256 / 6 for reading it as an activation.
  return {1 / (kPixelMax * kActivationScale * input.std[c]), -input.mean[c] / input.std[c]};
}

std::vector<FoldedLayer> fold(const FloatNetwork& network) {
  std::vector<FoldedLayer> folded;
  folded.reserve(network.layer_count());
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    folded.push_back(fold_batch_norm(network, i));
  fold_normalization(folded.front(), network.description.hidden.front(), network.description.input);
  return folded;
}

}  // namespace colcomb::quantization
