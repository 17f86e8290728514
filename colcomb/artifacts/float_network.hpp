#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/artifacts/filter_matrix.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// Added to the variance in every batch norm.
inline constexpr double kBatchNormEpsilon = 1e-5;

/// Batch norm with running statistics:
/// y = (x - mean) / sqrt(variance + kBatchNormEpsilon) * weight + bias.
struct BatchNorm {
  std::vector<float> weight;    // gamma, one for each row
  std::vector<float> bias;      // beta
  std::vector<float> mean;      // running mean
  std::vector<float> variance;  // running variance

  bool operator==(const BatchNorm&) const = default;
};

/// Weights of one layer in training's numbers.
struct FloatLayer {
  /// N x M stored weights. Where the mask is 0 the stored value is kept (a later regrouping may
  /// bring it back) but the network computes with 0. A stored value of exactly 0 with mask 0 never
  /// comes back: so are the zeros between the groups of a grouped convolution held, in every layer
  /// whose description has conv_groups above 1.
  Matrix<float> weights;
  Matrix<std::uint8_t> mask;            // N x M of 0 and 1; empty: nothing pruned
  std::optional<ColumnGroups> groups;   // absent before the first combining
  std::optional<BatchNorm> batch_norm;  // if LayerDescription::batch_norm
  std::vector<float> bias;              // N for a layer without batch norm, else empty

  bool operator==(const FloatLayer&) const = default;
};

/// A trained network: description and each layer's numbers.
struct FloatNetwork : LayerStack<FloatLayer> {
  NetworkDescription description;  // layers, input, data

  bool operator==(const FloatNetwork&) const = default;
};

/// The filter matrix the layer computes with: pruned weights are 0.
[[nodiscard]] FilterMatrix effective_filter(const FloatNetwork& network, std::size_t layer);

/// Errors: UserError (file `where`) naming the first layer and field that breaks a rule: wrong
/// shapes, a mask that is not 0 or 1, invalid groups, NaN or infinite numbers.
void validate(const FloatNetwork& network, const std::string& where);

}  // namespace colcomb
