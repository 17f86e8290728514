#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "tests/support/pool_oracle.hpp"

namespace colcomb::tests {

/// Activations in doubles, channels x height x width.
struct FloatMap {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<double> values;

  double zero = 0;  // what lies around the map

  [[nodiscard]] double at(std::size_t c, std::ptrdiff_t y, std::ptrdiff_t x) const {
    if (y < 0 || x < 0 || y >= static_cast<std::ptrdiff_t>(height) ||
        x >= static_cast<std::ptrdiff_t>(width))
      return zero;
    return values[(c * height + static_cast<std::size_t>(y)) * width + static_cast<std::size_t>(x)];
  }
};

/// What happens after each hidden layer's ReLU6 and after pooling; nothing for plain training.
struct ActivationRounding {
  bool enabled = false;
  std::uint32_t pooling_fraction_bits = 0;

  /// The nearest multiple of `step`, ties up, at most 255 of them. The values of an exactly
  /// representable network are multiples of step / 2^22 plus noise of doubles, which the nudge
  /// keeps from turning a tie.
  [[nodiscard]] double operator()(double value, double step) const {
    if (!enabled) return value;
    return std::clamp(std::floor(value / step + 0.5 + 1e-9), 0.0, 255.0) * step;
  }
};

/// ReLU6, or the layer's table: on the straight line between the two values next to `sum`.
inline double activation(const LayerDescription& layer, std::size_t row, double sum,
                         const ActivationRounding& rounding) {
  constexpr double kStep = 6.0 / 256;
  if (!layer.activation) return rounding(std::clamp(sum, 0.0, 6.0), kStep);
  const double place = std::min(rounding(std::clamp(sum, 0.0, 6.0), kStep) / kStep, 255.0);
  const double below = std::floor(place);
  const double above = std::ceil(place);
  const auto& all = layer.activation->values;
  const float* const values = all.data() + (all.size() > 256 ? 256 * row : 0);
  const double first = values[static_cast<std::size_t>(below)];
  const double value = first + (values[static_cast<std::size_t>(above)] - first) * (place - below);
  return rounding(std::clamp(value * kStep, 0.0, 6.0), kStep);
}

struct FloatResult {
  std::vector<FloatMap> outputs;  // of the hidden layers
  std::vector<double> pooled;
  std::vector<double> logits;
};

/// The network as training computes it in evaluation mode, written as plainly as possible and in
/// doubles: normalize, reshape, filter, batch norm by running statistics, residual, ReLU6, pool,
/// linear.
inline FloatResult float_forward(const FloatNetwork& network, std::span<const std::uint8_t> image,
                                 const ActivationRounding& rounding = {}) {
  const InputDescription& input = network.description.input;
  const std::size_t s = input.reshape_stride;
  FloatMap map{input.channels * s * s, input.height / s, input.width / s, {}};
  map.values.resize(image.size());
  std::size_t next = 0;
  for (std::size_t c = 0; c < input.channels; ++c) {
    for (std::size_t y = 0; y < input.height; ++y) {
      for (std::size_t x = 0; x < input.width; ++x) {
        const std::size_t channel = c * s * s + (y % s) * s + x % s;
        map.values[channel * map.height * map.width + (y / s) * map.width + x / s] =
            (image[next++] / 255.0 - input.mean[c]) / input.std[c];
      }
    }
  }
  const FloatMap image_map = map;
  FloatResult result;
  result.outputs.reserve(network.layer_count());
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    const FloatLayer& layer = network.layer(i);
    const bool linear = network.is_classifier(i);
    if (linear && network.description.global_pooling) {
      for (std::size_t c = 0; c < map.channels; ++c) {
        double sum = 0;
        for (std::size_t p = 0; p < map.height * map.width; ++p)
          sum += map.values[c * map.height * map.width + p];
        result.pooled.push_back(
            rounding(sum / static_cast<double>(map.height * map.width),
                     std::ldexp(6.0 / 256, -static_cast<int>(rounding.pooling_fraction_bits))));
      }
      map = {map.channels, 1, 1, result.pooled};
    }
    const std::vector<LayerPart> parts = parts_of(network.description, i);
    const auto input_of = [&](const LayerPart& part) -> const FloatMap& {
      if (linear) return map;
      return part.source ? result.outputs[*part.source] : image_map;
    };
    FloatMap out{description.out_channels, description.sum_height(), description.sum_width(), {}};
    out.zero = description.zero * (6.0 / 256);
    for (std::size_t n = 0; n < out.channels; ++n) {
      for (std::size_t y = 0; y < out.height; ++y) {
        for (std::size_t x = 0; x < out.width; ++x) {
          double sum = 0;
          for (std::size_t m = 0; m < description.columns.size(); ++m) {
            if (!layer.mask.empty() && layer.mask(n, m) == 0) continue;
            const Column& column = description.columns[m];
            const LayerPart& part = parts[part_of_column(parts, m)];
            sum +=
                layer.weights(n, m) *
                input_of(part).at(static_cast<std::size_t>(column.channel) - part.channel_begin,
                                  static_cast<std::ptrdiff_t>(y * part.reader.stride) + column.dy,
                                  static_cast<std::ptrdiff_t>(x * part.reader.stride) + column.dx);
          }
          if (linear) {
            result.logits.push_back(sum + layer.bias[n]);
            continue;
          }
          double value = 0;
          if (layer.batch_norm) {
            const BatchNorm& norm = *layer.batch_norm;
            value = (sum - norm.mean[n]) / std::sqrt(norm.variance[n] + 1e-5) * norm.weight[n] +
                    norm.bias[n];
          } else {
            value = sum + layer.bias[n];
          }
          if (description.residual && n < result.outputs[*description.residual].channels) {
            const std::size_t step = residual_stride(network.description, i);
            value += result.outputs[*description.residual].at(
                n, static_cast<std::ptrdiff_t>(y * step), static_cast<std::ptrdiff_t>(x * step));
          }
          out.values.push_back(activation(description, n, value, rounding));
        }
      }
    }
    if (linear) break;
    if (description.pooling) {
      out.values = pool_planes(
          out.values, out.channels, out.height, out.width, *description.pooling,
          [&](double sum, double divisor) { return rounding(sum / divisor, 6.0 / 256); });
      out.height = description.pooling->out_height;
      out.width = description.pooling->out_width;
    }
    result.outputs.push_back(out);
    map = out;
  }
  return result;
}

}  // namespace colcomb::tests
