#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "tests/support/pool_oracle.hpp"

namespace colcomb::tests {

/// One layer's numbers, in doubles.
struct TrainingLayer {
  std::vector<double> weights, mask;  // N x M; mask empty: all count
  std::vector<double> norm_weight, norm_bias;
  std::vector<double> bias;
  std::vector<double> batch_mean, batch_variance;  // what training_forward found
};

/// The network as training computes it, with batch statistics, written as plainly as possible and
/// in doubles: logits, images x classes. `dropout`: factors on the pooled map, or empty.
inline std::vector<double> training_forward(const NetworkDescription& network,
                                            std::vector<TrainingLayer>& layers,
                                            std::span<const std::uint8_t> images,
                                            std::span<const float> dropout = {}) {
  const InputDescription& input = network.input;
  const std::size_t s = input.reshape_stride;
  const std::size_t image_size = input.channels * input.height * input.width;
  const std::size_t count = images.size() / image_size;
  struct Maps {
    std::size_t channels, height, width;
    std::vector<double> values;
    double& at(std::size_t b, std::size_t c, std::size_t y, std::size_t x) {
      return values[((b * channels + c) * height + y) * width + x];
    }
  };
  Maps x{input.channels * s * s, input.height / s, input.width / s, {}};
  x.values.resize(images.size());
  for (std::size_t b = 0; b < count; ++b)
    for (std::size_t c = 0; c < input.channels; ++c)
      for (std::size_t y = 0; y < input.height; ++y)
        for (std::size_t i = 0; i < input.width; ++i) {
          const double p = images[b * image_size + (c * input.height + y) * input.width + i];
          x.at(b, (c * s + y % s) * s + i % s, y / s, i / s) =
              (p / 255 - input.mean[c]) / input.std[c];
        }
  std::vector<Maps> outputs;
  for (std::size_t l = 0; l < network.hidden.size(); ++l) {
    const LayerDescription& d = network.layer(l);
    TrainingLayer& numbers = layers[l];
    Maps out{d.out_channels, d.sum_height(), d.sum_width(), {}};
    out.values.resize(count * out.channels * out.height * out.width);
    numbers.batch_mean.assign(d.out_channels, 0);
    numbers.batch_variance.assign(d.out_channels, 0);
    const double values = static_cast<double>(count * out.height * out.width);
    const std::vector<LayerPart> parts = parts_of(network, l);
    for (std::size_t n = 0; n < d.out_channels; ++n) {
      const auto each = [&](auto body) {
        for (std::size_t b = 0; b < count; ++b)
          for (std::size_t y = 0; y < out.height; ++y)
            for (std::size_t i = 0; i < out.width; ++i) body(b, y, i, out.at(b, n, y, i));
      };
      each([&](std::size_t b, std::size_t y, std::size_t i, double& sum) {
        for (const LayerPart& part : parts) {
          Maps& from = part.source ? outputs[*part.source] : x;
          for (std::size_t m = 0; m < part.reader.columns.size(); ++m) {
            const Column& column = part.reader.columns[m];
            const std::size_t at = n * d.columns.size() + part.column_begin + m;
            if (!numbers.mask.empty() && numbers.mask[at] == 0) continue;
            const auto sy = static_cast<std::ptrdiff_t>(y * part.reader.stride) + column.dy;
            const auto sx = static_cast<std::ptrdiff_t>(i * part.reader.stride) + column.dx;
            if (sy < 0 || sx < 0 || sy >= static_cast<std::ptrdiff_t>(from.height) ||
                sx >= static_cast<std::ptrdiff_t>(from.width))
              continue;
            sum += numbers.weights[at] * from.at(b, static_cast<std::size_t>(column.channel),
                                                 static_cast<std::size_t>(sy),
                                                 static_cast<std::size_t>(sx));
          }
        }
        numbers.batch_mean[n] += sum / values;
      });
      const double mean = numbers.batch_mean[n];
      double& variance = numbers.batch_variance[n];
      each([&](std::size_t, std::size_t, std::size_t, double& v) {
        variance += (v - mean) * (v - mean) / values;
      });
      each([&](std::size_t b, std::size_t y, std::size_t i, double& v) {
        v = d.batch_norm ? (v - mean) / std::sqrt(variance + 1e-5) * numbers.norm_weight[n] +
                               numbers.norm_bias[n]
                         : v + numbers.bias[n];
        if (d.residual && n < outputs[*d.residual].channels) {
          const std::size_t step = residual_stride(network, l);
          v += outputs[*d.residual].at(b, n, y * step, i * step);
        }
        v = std::clamp(v, 0.0, 6.0);
      });
    }
    if (d.pooling) {
      out.values = pool_planes(out.values, count * out.channels, out.height, out.width, *d.pooling,
                               [](double sum, double divisor) { return sum / divisor; });
      out.height = d.out_height();
      out.width = d.out_width();
    }
    outputs.push_back(std::move(out));
  }
  x = outputs.back();
  const TrainingLayer& linear = layers.back();
  std::vector<double> logits;
  for (std::size_t b = 0; b < count; ++b)
    for (std::size_t k = 0; k < network.classes; ++k) {
      double sum = linear.bias[k];
      if (!network.global_pooling) {
        const std::size_t size = x.channels * x.height * x.width;
        for (std::size_t m = 0; m < size; ++m) {
          const double kept = dropout.empty() ? 1 : static_cast<double>(dropout[b * size + m]);
          sum += x.values[b * size + m] * kept * linear.weights[k * size + m];
        }
        logits.push_back(sum);
        continue;
      }
      for (std::size_t c = 0; c < x.channels; ++c) {
        double mean = 0;
        for (std::size_t y = 0; y < x.height; ++y)
          for (std::size_t i = 0; i < x.width; ++i) mean += x.at(b, c, y, i);
        mean /= static_cast<double>(x.height * x.width);
        if (!dropout.empty()) mean *= static_cast<double>(dropout[b * x.channels + c]);
        sum += mean * linear.weights[k * x.channels + c];
      }
      logits.push_back(sum);
    }
  return logits;
}

}  // namespace colcomb::tests
