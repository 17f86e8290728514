#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/semantics/geometry.hpp"
#include "colcomb/semantics/map.hpp"

namespace colcomb::semantics {

/// A layer's constants in real numbers T (float or double): row n of its accumulation is
/// bias[n] + the sum over its columns m of weights(n, m) * (what column m reads).
template <class T>
class RealLayer {
 public:
  /// weights: N x M; bias: N; padding: C, the value of pixels outside the map, per channel.
  RealLayer(const Matrix<T>& weights, std::vector<T> bias, std::vector<T> padding)
      : rows_(weights.rows()),
        reads_(weights.cols()),
        bias_(std::move(bias)),
        padding_(std::move(padding)) {
    for (std::size_t n = 0; n < weights.rows(); ++n) {
      for (std::size_t m = 0; m < weights.cols(); ++m) {
        if (weights(n, m) == 0) continue;
        rows_[n].push_back({m, weights(n, m)});
        reads_[m] = true;
      }
    }
  }

  /// N x sum_height x sum_width from the maps that the layer's parts read. Weights of 0 cost no
  /// time. Requires: one map per part.
  [[nodiscard]] BasicMap<T> accumulate(const std::vector<LayerPart>& parts,
                                       const std::vector<const BasicMap<T>*>& inputs) const {
    const LayerDescription& layer = parts.front().reader;
    BasicMap<T> sums{layer.out_channels, layer.sum_height(), layer.sum_width(), {}};
    const std::size_t pixels = sums.pixels();
    std::vector<T> planes(reads_.size() * pixels);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      for (std::size_t k = 0; k < parts[p].reader.columns.size(); ++k) {
        const std::size_t m = parts[p].column_begin + k;
        if (!reads_[m]) continue;
        const Column& column = parts[p].reader.columns[k];
        const auto channel = static_cast<std::size_t>(column.channel);
        gather(inputs[p]->plane(channel), parts[p].reader, column,
               padding_[parts[p].channel_begin + channel],
               std::span(planes).subspan(m * pixels, pixels));
      }
    }
    sums.values.resize(layer.out_channels * pixels);
    for (std::size_t n = 0; n < sums.channels; ++n) {
      T* const sum = sums.values.data() + n * pixels;
      std::fill_n(sum, pixels, bias_[n]);
      for (const Weight& weight : rows_[n]) {
        const T* const plane = planes.data() + weight.column * pixels;
        for (std::size_t p = 0; p < pixels; ++p) sum[p] += weight.value * plane[p];
      }
    }
    return sums;
  }

  /// N x M, with 0 where there is no weight.
  [[nodiscard]] Matrix<T> weights() const {
    Matrix<T> full(rows_.size(), reads_.size());
    for (std::size_t n = 0; n < full.rows(); ++n) {
      for (const Weight& weight : rows_[n]) full(n, weight.column) = weight.value;
    }
    return full;
  }

 private:
  struct Weight {
    std::size_t column = 0;
    T value = 0;
  };
  std::vector<std::vector<Weight>> rows_;  // nonzero weights
  std::vector<bool> reads_;                // per column: has it a nonzero weight?
  std::vector<T> bias_;
  std::vector<T> padding_;
};

/// Adds what hidden layer `layer` takes from its residual source, whose output is `source`, to the
/// layer's `sums`. Nothing if it has no source.
template <class T>
void add_residual(const NetworkDescription& network, std::size_t layer,
                  const std::vector<BasicMap<T>>& outputs, BasicMap<T>& sums) {
  const std::optional<std::size_t>& from = network.hidden[layer].residual;
  if (!from) return;
  const BasicMap<T>& source = outputs[*from];
  const ResidualPixels pixel(network, layer);
  T* sum = sums.values.data();
  for (std::size_t n = 0; n < source.channels; ++n) {
    const auto plane = source.plane(n);
    for (std::size_t y = 0; y < sums.height; ++y) {
      for (std::size_t x = 0; x < sums.width; ++x) *sum++ += plane[pixel(y, x)];
    }
  }
}

}  // namespace colcomb::semantics
