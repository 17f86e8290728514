#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "tests/support/pool_oracle.hpp"

namespace colcomb::tests {

enum class Rounding : std::uint8_t { kNone, kHalfToEven };

/// A quantized network's scores computed in doubles, pixel by pixel from the definition of a layer,
/// in units of the activations' step: activations are rounded as told, or not at all, and clamped
/// to 0..255. Sums do not wrap.
inline std::vector<double> real_forward(const QuantizedNetwork& network,
                                        std::span<const std::uint8_t> image, Rounding rounding) {
  struct Plane {
    std::size_t channels, height, width;
    std::vector<double> values;
    [[nodiscard]] double at(std::size_t c, std::size_t y, std::size_t x) const {
      return values[(c * height + y) * width + x];
    }
  };
  const auto activation = [rounding](double value) {
    const double rounded = rounding == Rounding::kNone ? value : std::nearbyint(value);
    return std::clamp(rounded, 0.0, 255.0);
  };
  const InputDescription& input = network.description.input;
  const std::size_t s = input.reshape_stride;
  Plane map{input.channels * s * s, input.height / s, input.width / s, {}};
  for (std::size_t c = 0; c < map.channels; ++c) {
    for (std::size_t y = 0; y < map.height; ++y) {
      for (std::size_t x = 0; x < map.width; ++x) {
        const std::size_t row = y * s + c / s % s, column = x * s + c % s;
        map.values.push_back(image[(c / (s * s) * input.height + row) * input.width + column]);
      }
    }
  }
  const Plane image_map = map;
  std::vector<Plane> outputs;
  outputs.reserve(network.layer_count());
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    const QuantizedLayer& layer = network.layer(i);
    const bool last = network.is_classifier(i);
    if (last && network.description.global_pooling) {
      Plane pooled{map.channels, 1, 1, {}};
      const std::size_t pixels = map.height * map.width;
      for (std::size_t c = 0; c < map.channels; ++c) {
        double sum = 0;
        for (std::size_t p = 0; p < pixels; ++p) sum += map.values[c * pixels + p];
        pooled.values.push_back(activation(
            std::ldexp(sum, static_cast<int>(network.pooling.fraction_bits)) / double(pixels)));
      }
      map = pooled;
    }
    const std::vector<LayerPart> parts = parts_of(network.description, i);
    const auto input_of = [&](const LayerPart& part) -> const Plane& {
      if (last) return map;
      return part.source ? outputs[*part.source] : image_map;
    };
    const Matrix<std::int8_t> weights = unpack(layer.weights);
    Plane output{description.out_channels, description.sum_height(), description.sum_width(), {}};
    for (std::size_t n = 0; n < output.channels; ++n) {
      const std::uint32_t f = layer.row_fraction_bits(n);
      const double constant = last || f == 0 ? 0 : std::ldexp(0.5, static_cast<int>(f));
      for (std::size_t y = 0; y < output.height; ++y) {
        for (std::size_t x = 0; x < output.width; ++x) {
          double sum = layer.bias[n] - constant;
          for (std::size_t m = 0; m < description.columns.size(); ++m) {
            const Column& column = description.columns[m];
            const LayerPart& part = parts[part_of_column(parts, m)];
            const Plane& read = input_of(part);
            const auto c = static_cast<std::size_t>(column.channel);
            const std::size_t stride = part.reader.stride;
            // Negative places wrap to large ones, which lie outside as well.
            const std::size_t in_y = y * stride + static_cast<std::size_t>(column.dy);
            const std::size_t in_x = x * stride + static_cast<std::size_t>(column.dx);
            const bool inside = in_y < read.height && in_x < read.width;
            sum += weights(n, m) *
                   (inside ? read.at(c - part.channel_begin, in_y, in_x) : layer.padding[c]);
          }
          double value = std::ldexp(sum, -static_cast<int>(f));
          if (description.residual && n < outputs[*description.residual].channels) {
            const std::size_t stride = residual_stride(network.description, i);
            value += outputs[*description.residual].at(n, y * stride, x * stride);
          }
          if (!last) value = activation(value);
          if (description.activation) {
            const auto& all = description.activation->values;
            const float* const table = all.data() + (all.size() > 256 ? 256 * n : 0);
            const double below = std::floor(value);
            const double first = table[static_cast<std::size_t>(below)];
            const double second = table[static_cast<std::size_t>(std::ceil(value))];
            value = first + (second - first) * (value - below);
            // Tables round half up, whatever requantization does.
            if (rounding != Rounding::kNone) value = std::floor(value + 0.5);
            value = std::clamp(value, 0.0, 255.0);
          }
          output.values.push_back(value);
        }
      }
    }
    if (description.pooling) {
      output.values = pool_planes(
          output.values, output.channels, output.height, output.width, *description.pooling,
          [&](double sum, double divisor) { return activation(sum / divisor); });
      output.height = description.pooling->out_height;
      output.width = description.pooling->out_width;
    }
    map = output;
    outputs.push_back(output);
  }
  const double step =
      std::ldexp(kActivationScale, -static_cast<int>(network.pooling.fraction_bits));
  for (double& score : map.values) score *= step;
  return map.values;
}

}  // namespace colcomb::tests
