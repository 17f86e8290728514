#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::quantization {

/// A layer with all that follows its filter matrix, its activation apart, folded into weights and
/// biases. Row n gives g(bias[n] + sum over m of weights(n, m) * a(column m) + residual), g being
/// ReLU6 or the layer's activation table, and the linear layer the same without g; `a` are real
/// activations. Layer 0 reads a pixel p (0 to 255) as the activation p * 6 / 256.
struct FoldedLayer {
  Matrix<double> weights;             // N x M; pruned weights are 0
  std::vector<double> bias;           // N
  std::vector<std::uint8_t> padding;  // C: pixels outside the map, in units of 6 / 256
};

/// What reading the raw pixels of one channel turns a weight w of layer 0 into, once batch norm is
/// folded: the weight w * weight and a bias of w * bias.
struct PixelFactors {
  double weight = 1;  // 256 / (6 * 255 * std_c)
  double bias = 0;    // -mean_c / std_c
};
[[nodiscard]] PixelFactors pixel_factors(const InputDescription& input, const Column& column);

/// What pads layer 0 in training, per (reshaped) channel: the mean pixel, 255 * mean_c, before it
/// is rounded.
[[nodiscard]] std::vector<double> mean_pixels(const InputDescription& input);

/// What batch norm multiplies a row with.
struct RowScale {
  double scale = 1;      // factor of the row's weights
  bool limited = false;  // below weight / sqrt(variance + epsilon)
};

/// One per row of the N x M filter. A row whose running variance is below epsilon, so that epsilon
/// alone sets its scale, is scaled no further than to the largest weight of the rows whose is not,
/// if there are such. It reads channels that are dead or nearly so, often in depthwise layers,
/// which have one input each; scaled by up to 1 / sqrt(epsilon) its weights would cost the layer's
/// other rows their precision.
[[nodiscard]] std::vector<RowScale> row_scales(const BatchNorm& norm, const Matrix<float>& filter);

/// Folds batch norm into every hidden layer, with s = weight / sqrt(variance + epsilon),
/// limited as row_scales says:
///   weights(n, m) = w(n, m) * s[n],  bias[n] = norm.bias[n] - norm.mean[n] * s[n].
/// Layer 0 also takes in the normalization (p / 255 - mean_c) / std_c of the images, c being the
/// original channel of column m's (reshaped) channel:
///   weights(n, m) *= 256 / (6 * 255 * std_c),  bias[n] -= sum over m of w(n, m) * s[n] * mean_c /
///   std_c.
/// In training the first layer pads with normalized zeros, the mean pixel; here with the nearest
/// pixel, round_half_up(255 * mean_c), clamped to 0..255. All other layers pad with the `zero` of
/// the layers whose outputs they read.
/// Requires: validate(network) passes. Ensures: one folded layer per layer.
[[nodiscard]] std::vector<FoldedLayer> fold(const FloatNetwork& network);

}  // namespace colcomb::quantization
